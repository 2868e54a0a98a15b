"""Bodies of webhooks that their owner wrote.

https://docs.gitlab.com/user/project/integrations/webhooks/#custom-webhook-template
"""

import json
import re
from typing import Any

_PLACE = re.compile(r"\{\{(.+?)\}\}")


def render(template: str, body: dict[str, Any]) -> Any:
    """The body as the template has it: each `{{a.b}}` is the value there, as JSON without quotes.

    A ValueError where the text is no JSON then: GitLab does not send it.
    """
    return json.loads(_PLACE.sub(lambda match: _value(match[1].strip(), body), template))


def _value(path: str, body: Any) -> str:
    """What stands at a path of keys; nothing is null, and what is in a list cannot be named."""
    for key in path.split("."):
        body = body.get(key) if isinstance(body, dict) else None
    text = json.dumps(body, ensure_ascii=False)
    return text[1:-1] if isinstance(body, str) else text
