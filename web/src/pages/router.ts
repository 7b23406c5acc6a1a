import { createRouter, createWebHistory, type Router } from "vue-router";
import DashboardPage from "./DashboardPage.vue";
import HomePage from "./HomePage.vue";
import MissingPage from "./MissingPage.vue";

/** The pages by address; `bare` pages stand without the top bar. */
export function makeRouter(): Router {
  return createRouter({
    history: createWebHistory(),
    scrollBehavior: (to, from, saved) => (to.path === from.path ? false : (saved ?? { top: 0 })),
    routes: [
      { path: "/", component: HomePage },
      { path: "/dashboards/:id", component: DashboardPage, props: true },
      { path: "/signin", component: () => import("./SignInPage.vue"), meta: { bare: true } },
      { path: "/status", component: () => import("./StatusPage.vue"), meta: { open: true } },
      { path: "/:rest(.*)*", component: MissingPage },
    ],
  });
}
