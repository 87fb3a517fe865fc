import { render } from "preact";
import { takeTokenFromAddress } from "./api/client";
import { App } from "./app";
import { applyTheme } from "./shell/theme";
import "./style/base.css";
import "./shell/shell.css";
import "./parts/parts.css";

applyTheme();
takeTokenFromAddress();
// A link with a token may be opened where a page is open already.
addEventListener("hashchange", () => takeTokenFromAddress() && location.reload());
const root = document.getElementById("app");
if (root) render(<App />, root);
