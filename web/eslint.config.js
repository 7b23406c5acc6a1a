import parser from "@typescript-eslint/parser";
import vue from "eslint-plugin-vue";
import accessibility from "eslint-plugin-vuejs-accessibility";

/* Templates only: scripts are oxlint's, spacing is nobody's. */
export default [
  ...vue.configs["flat/strongly-recommended"],
  ...accessibility.configs["flat/recommended"],
  {
    files: ["**/*.vue"],
    languageOptions: { parserOptions: { parser } },
    rules: {
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-self-closing": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/first-attribute-linebreak": "off",
      "vue/require-default-prop": "off",
      "vue/no-v-html": "error",
      "vue/no-unused-components": "error",
      "vue/multi-word-component-names": "off",
      "vuejs-accessibility/label-has-for": ["error", { required: { some: ["nesting", "id"] } }],
      "vuejs-accessibility/heading-has-content": ["error", { accessibleChildren: ["AboutNumber"] }],
    },
  },
];
