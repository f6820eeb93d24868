"""The rules of the messages: what a file says to a person goes through `_`, and each has a good translation.

The first functions look at a Python file, the others at a message and its translation.
"""

import ast
import re

# Which of two forms stands behind a word depends on its last letter, which a placeholder does not tell.
PARTICLE = re.compile(
    r"""(?:\}|%(?:\(\w+\))?[sr])['"`’”»)\]]*\ ?
    (?:은|는|이|가|을|를|과|와|으로|로|이라|라|이나|나|이며|며|이고|고|이여야|이어야|여야|이라는|라는|이란|란|아|야)
    (?![가-힣])""",
    re.X,
)
BOTH_PARTICLES = re.compile(
    r"(?:은|는|이|가|을|를|과|와|으로|로)\((?:은|는|이|가|을|를|과|와|으로|로)\)|\(으\)로|\(이\)"
)
PLACEHOLDER = re.compile(r"\{(\w+)(?:![rsa])?(?::[^}]*)?\}|%(?:\((\w+)\))?([sr])")
SPEAKERS = ("ReplayError", "say", "_say", "bar", "error", "exit")
SAID = ("help", "description", "desc", "unit")
MARKS = ("_", "N_", "ngettext", "spoken", "spoken_count")
SENTENCE = re.compile(r"(?<![-\w])[A-Za-z]+[,:;.]? [A-Za-z]{2,}|[A-Za-z]{2,}[.!?]$")
NO_TEXTS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def name_of(node):
    """Return the name of what a call calls, such as `print`, or None."""
    called = getattr(node, "func", None)
    return getattr(called, "attr", getattr(called, "id", None))


def literal(node):
    """Return the text of a string in the source, with {} for its values. For anything else return None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def texts(node):
    """Yield (line, text) of each string in the source below `node` that `_` does not take, but docstrings."""
    if isinstance(node, ast.Call) and name_of(node) in MARKS:
        return
    text = literal(node)
    if text is not None:
        yield node.lineno, text
    if isinstance(node, ast.JoinedStr):
        children = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    elif isinstance(node, ast.Subscript):
        children = [node.value]  # a key is no text
    else:
        children = list(ast.iter_child_nodes(node))
    if isinstance(node, NO_TEXTS) and ast.get_docstring(node) is not None:
        children.remove(node.body[0])
    for child in children:
        yield from texts(child)


def unmarked(path):
    """Yield (line, text) of each text of the file `path` that looks like words for a person, and is not marked."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {text for node in ast.walk(tree) for part in parts_for_a_person(node) for text in texts(part)}
    for line, text in texts(tree):
        if SENTENCE.search(text) or ((line, text) in said and re.search(r"[A-Za-z]{2}", text)):
            yield line, text


def parts_for_a_person(node):
    """Return the parts of a call that a person reads, whatever they look like: a help, a line on standard error."""
    if not isinstance(node, ast.Call):
        return []
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    parts = [keywords[name] for name in SAID if name in keywords]
    to_errors = name_of(node) == "print" and name_of(ast.Call(keywords.get("file"))) == "stderr"
    return parts + (node.args if to_errors or name_of(node) in SPEAKERS else [])


def marked_wrongly(path):
    """Complain of a call of `_` that Babel cannot read, or whose values have no names."""
    complaints = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in MARKS:
            message = node.args[0] if node.args else None
            if name_of(node) in ("_", "spoken") and isinstance(message, ast.Name | ast.Attribute):
                continue  # a constant that N_ marked, or a value of a TOML file
            if not isinstance(message, ast.Constant):
                complaints.append(f"{path}:{node.lineno}: its text is not written out")
            elif re.search(r"\{[\W\d]|\{\}", message.value):
                complaints.append(f"{path}:{node.lineno}: a value without a name: {message.value}")
    return complaints


def hides_the_mark(path):
    """Complain of a function that calls `_` and has a variable of this name as well."""
    complaints = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            below = list(ast.walk(node))
            calls = any(isinstance(each, ast.Call) and getattr(each.func, "id", None) == "_" for each in below)
            sets = any(
                (isinstance(each, ast.Name) and each.id == "_" and not isinstance(each.ctx, ast.Load))
                or (isinstance(each, ast.arg) and each.arg == "_")
                for each in below
            )
            if calls and sets:
                complaints.append(f"{path}:{node.lineno}: {node.name} calls _ and sets it")
    return complaints


def placeholders(text):
    """Return the placeholders of a message, with their formats, in sorted order."""
    return sorted(match[0] for match in PLACEHOLDER.finditer(text))


def faults(message, translation):
    """Return what is wrong with the Korean `translation` of `message`, as a list of sentences."""
    found = []
    if not translation:
        found.append("no translation")
    if placeholders(message) != placeholders(translation):
        found.append(f"placeholders: {placeholders(message)}, and {placeholders(translation)}")
    if match := PARTICLE.search(translation) or BOTH_PARTICLES.search(translation):
        found.append(f"a particle that depends on a value: {match[0]}")
    for ends in (str.lstrip, str.rstrip):  # messages are put together
        if len(message) - len(ends(message)) != len(translation) - len(ends(translation)):
            found.append("other spaces around it")
    if message.rstrip().endswith((".", "?")) != translation.rstrip().endswith((".", "?")):
        found.append("only one of both is a sentence")
    return found


def rendered(text):
    """Return `text` with a value in each of its placeholders."""
    if re.search(r"%(\(\w+\))?[sr]", text) and not re.search(r"\{\w", text):
        names = {match[1]: "값" for match in re.finditer(r"%\((\w+)\)", text)}
        return text % (names or ("값",) * len(re.findall(r"%[sr]", text)))
    numbers = {match[1]: 3 for match in PLACEHOLDER.finditer(text) if re.search(r":[^}]", match[0])}
    return text.format(**{match[1]: "값" for match in PLACEHOLDER.finditer(text)} | numbers)
