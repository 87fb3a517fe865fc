import { render } from "preact";
import { takeTokenFromAddress } from "./api/client";
import { App } from "./app";
import { applyTheme } from "./shell/theme";
import "./style/base.css";
import "./shell/shell.css";
import "./parts/parts.css";

applyTheme();
takeTokenFromAddress();
const root = document.getElementById("app");
if (root) render(<App />, root);
