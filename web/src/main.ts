import { PiniaColada } from "@pinia/colada";
import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { makeRouter } from "./pages/router.ts";
import "./styles/main.css";

createApp(App).use(createPinia()).use(PiniaColada, {}).use(makeRouter()).mount("#app");
