import json

import urllib3

http = urllib3.PoolManager(retries=urllib3.Retry(3, backoff_factor=0.2))


def pages(url, token):
    """Yields every item of a list that is given page by page."""
    headers = {"Authorization": f"Bearer {token}"}
    while url:
        answer = http.request("GET", url, headers=headers)
        if answer.status != 200:
            raise RuntimeError(f"{url} answered {answer.status}")
        page = json.loads(answer.data)
        yield from page["items"]
        url = page.get("next")


def names(base, token):
    return sorted(item["name"] for item in pages(base + "/projects", token))
