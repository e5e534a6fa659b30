"""Writes templates.json and language.json, what transformers and jinja2 make of chat templates.

Needs transformers and jinja2 alone: python golden.py ../../resources/jinja
"""

import json
import pathlib
import sys

import jinja2
import transformers
from transformers.utils.chat_template_utils import _compile_jinja_template, render_jinja_template

TEMPLATES = {
    "llava-1.5-hf": (
        "{% for message in messages %}{% if message['role'] != 'system' %}{{ message['role'].upper() + ': '}}{% endif %}"
        "{# Render all images first #}{% for content in message['content'] | selectattr('type', 'equalto', 'image') %}"
        "{{ '<image>\n' }}{% endfor %}{# Render all text next #}{% if message['role'] != 'assistant' %}"
        "{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}{{ content['text'] + ' '}}"
        "{% endfor %}{% else %}{% for content in message['content'] | selectattr('type', 'equalto', 'text') %}"
        "{% generation %}{{ content['text'] + ' '}}{% endgeneration %}{% endfor %}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
    ),
    "vicuna": (
        "{% if messages[0]['role'] == 'system' %}{% set system_message = messages[0]['content'] | trim + ' ' %}"
        "{% set messages = messages[1:] %}{% else %}{% set system_message = 'A chat between a curious user and an"
        " artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user\\'s"
        " questions. ' %}{% endif %}{{ bos_token + system_message }}{% for message in messages %}"
        "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must"
        " alternate user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}"
        "{{ 'USER: ' + message['content'] | trim + ' ' }}{% elif message['role'] == 'assistant' %}"
        "{{ 'ASSISTANT: ' + message['content'] | trim + eos_token }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"
    ),
    "chatml": (
        "{% for message in messages %}\n{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' +"
        " '\n'}}\n{% endfor %}\n{% if add_generation_prompt %}\n{{ '<|im_start|>assistant\n' }}\n{% endif %}\n"
    ),
    "llama-2": (
        "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message ="
        " messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}"
        "{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
        "{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\\n' + system_message +"
        " '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}"
        "{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
        "{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
    ),
    "zephyr": (
        "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] +"
        " eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n"
        "{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n"
        "{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"
    ),
    "with-tools": (
        "{%- if tools %}\n    {{- '<|im_start|>system\\n' }}\n    {%- if messages[0]['role'] == 'system' %}\n"
        "        {{- messages[0]['content'] }}\n    {%- else %}\n        {{- 'You are a helpful assistant.' }}\n"
        "    {%- endif %}\n    {{- \"\\n\\n# Tools\\n\\n<tools>\" }}\n    {%- for tool in tools %}\n"
        "        {{- \"\\n\" }}\n        {{- tool | tojson }}\n    {%- endfor %}\n    {{- '\\n</tools><|im_end|>\\n' }}\n"
        "{%- elif messages[0].role == 'system' %}\n    {{- '<|im_start|>system\\n' + messages[0].content +"
        " '<|im_end|>\\n' }}\n{%- endif %}\n{%- set ns = namespace(last=-1, calls=0) %}\n{%- for message in messages %}\n"
        "    {%- if message.role == 'user' or (message.role == 'assistant' and not message.tool_calls) %}\n"
        "        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}\n"
        "    {%- elif message.role == 'assistant' %}\n        {{- '<|im_start|>' + message.role }}\n"
        "        {%- if message.content %}\n            {{- '\\n' + message.content }}\n        {%- endif %}\n"
        "        {%- for tool_call in message.tool_calls %}\n            {%- set ns.calls = ns.calls + 1 %}\n"
        "            {%- if tool_call.function is defined %}\n                {%- set tool_call = tool_call.function %}\n"
        "            {%- endif %}\n            {{- '\\n<tool_call>\\n{\"name\": \"' }}\n            {{- tool_call.name }}\n"
        "            {{- '\", \"arguments\": ' }}\n            {{- tool_call.arguments | tojson }}\n"
        "            {{- '}\\n</tool_call>' }}\n        {%- endfor %}\n        {{- '<|im_end|>\\n' }}\n"
        "    {%- elif message.role == 'tool' %}\n        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role !="
        " 'tool') %}\n            {{- '<|im_start|>user' }}\n        {%- endif %}\n        {{- '\\n<tool_response>\\n' }}\n"
        "        {{- message.content }}\n        {{- '\\n</tool_response>' }}\n        {%- if loop.last or"
        " (messages[loop.index0 + 1].role != 'tool') %}\n            {{- '<|im_end|>\\n' }}\n        {%- endif %}\n"
        "    {%- endif %}\n{%- endfor %}\n{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n{%- endif %}\n"
        "{{- '[' ~ ns.calls ~ ']' }}\n"
    ),
}


def text(role, content):
    return {"role": role, "content": content}


def parts(role, *content):
    return {"role": role, "content": list(content)}


TEXT = {"type": "text", "text": " What is  it? <image> </s> "}
IMAGE = {"type": "image"}
CALL = {"type": "function", "id": "c1", "function": {"name": "look", "arguments": {"x": 1, "größe": "ü\"\n", "n": None}}}
TOOL = {"type": "function", "function": {"name": "look", "description": "Sieht <hin> & 'her'", "parameters": {"type": "object"}}}
DIALOGUES = {
    "one": [text("user", " Hello, <image> there! ")],
    "system": [text("system", " Be kind. "), text("user", "Hi\nyou"), text("assistant", " Yes. "), text("user", "")],
    "answered": [text("user", "Grüße 🎈"), text("assistant", "Bye </s>")],
    "wrong order": [text("assistant", "I"), text("assistant", "me")],
    "parts": [parts("user", IMAGE, TEXT), parts("assistant", {"type": "text", "text": "A cat."}), parts("user", TEXT, IMAGE, IMAGE)],
    "calls": [
        text("user", "Look"),
        {"role": "assistant", "content": "", "tool_calls": [CALL, CALL]},
        text("tool", "seen"),
        text("tool", "seen again"),
        text("assistant", "It is seen."),
    ],
}

VARIABLES = {
    "messages": DIALOGUES["system"],
    "s": "  Hello, World\n",
    "u": "Grüße 🎈 x",
    "l": [3, 1, 2],
    "d": {"b": 1, "a": [1, {"x": None}], "items": True},
    "e": [],
    "n": None,
    "f": 1.5,
    "people": [{"name": "Bob", "age": 3}, {"name": "al", "age": 5}, {"name": "Cy"}],
}

LANGUAGE = r"""
{{ s.strip() }}|{{ s|trim }}|{{ s.lstrip() }}|{{ s.rstrip('\n') }}|{{ 'xxaxx'.strip('x') }}
{{ s.split() }}|{{ 'a,b,,c'.split(',') }}|{{ 'a,b,c'.split(',', 1) }}|{{ 'a b  c'.rsplit(None, 1) }}|{{ 'a-b-c'.rsplit('-', 1)[-1] }}
{{ u|length }}|{{ u[6] }}|{{ u[-1] }}|{{ u[2:7] }}|{{ u[::-1] }}|{{ u|upper }}|{{ u|reverse }}
{{ l[0] }}{{ l[-1] }}{{ l[5] }}{{ l[1:] }}{{ l[::-1] }}{{ l[:-1] }}{{ l[::2] }}{{ l[-100:100] }}
{{ l }}|{{ d }}|{{ (1,) }}|{{ (1, 2) }}|{{ () }}|{{ [] }}|{{ {} }}|{{ n }}|{{ true }}|{{ f }}|{{ ['it\'s', "a\"b", '\n'] }}
{{ d|tojson }}|{{ d|tojson(indent=2) }}|{{ l|tojson }}|{{ u|tojson }}|{{ u|tojson(ensure_ascii=true) }}|{{ '<a>&"'|tojson }}|{{ e|tojson(indent=4) }}
{{ d|tojson(sort_keys=true, separators=(',', ':')) }}|{{ f|tojson }}|{{ none|tojson }}|{{ {1: 2, none: 4}|tojson }}
{{ d['items'] }}|{{ d.b }}|{{ d['b'] }}|{{ d.missing }}|{{ d.missing is defined }}|{{ d.get('b') }}|{{ d.get('z') }}|{{ d.get('z', 7) }}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}{{ d.keys()|list }}{{ d.values()|list }}
{{ d.missing.more }}
{{ missing.more }}
{{ missing + 'a' }}
{{ missing }}|{{ missing|default('x') }}|{{ ''|default('x') }}|{{ ''|default('x', true) }}|{{ n|default('x') }}|{{ missing|length }}|{{ missing|list }}
{% for x in missing %}a{% else %}none{% endfor %}{% if missing %}y{% endif %}
{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 1 + 2 * 3 - 4 }} {{ -2 ** 2 }} {{ 1.5 + 1 }} {{ 1e3 }} {{ 1e20 }} {{ 1e-5 }} {{ 0.1 + 0.2 }}
{{ 1 / 0 }}
{{ 'a' + 1 }}
{{ 'a' ~ 1 ~ none ~ true ~ [1] }}|{{ 'ab' * 3 }}|{{ 2 * 'x' }}|{{ [1] * 2 }}|{{ [1] + [2] }}|{{ 'a' 'b' }}
{{ 1 < 2 < 3 }}|{{ 1 < 3 < 2 }}|{{ 1 == 1.0 }}|{{ true == 1 }}|{{ 'a' < 'b' }}|{{ [1, 2] < [1, 3] }}|{{ 'a' == 1 }}|{{ n == none }}|{{ (1, 2) == [1, 2] }}
{{ 'a' < 1 }}
{{ 'b' in 'abc' }}|{{ 'z' not in 'abc' }}|{{ 1 in l }}|{{ 'b' in d }}|{{ not 'b' in d }}
{{ 3 in 'abc' }}
{{ 'y' if l else 'n' }}|{{ 'y' if e else 'n' }}|{{ 'y' if e }}|{{ (1 if true else 2) if false else 3 }}|{{ '' or 'x' }}|{{ 'a' and 'b' }}|{{ not e }}|{{ 0 or none }}
{{ messages is iterable }}|{{ s is string }}|{{ l is string }}|{{ d is mapping }}|{{ l is sequence }}|{{ n is none }}|{{ n is not none }}|{{ 3 is odd }}|{{ 4 is even }}|{{ 4 is divisibleby 2 }}|{{ 4 is divisibleby(3) }}|{{ true is boolean }}|{{ 1 is number }}|{{ 1 is integer }}|{{ f is float }}|{{ true is true }}|{{ 1 is eq 1 }}|{{ 1 is in [1] }}|{{ 'a' is lower }}|{{ 'A' is upper }}|{{ true is integer }}|{{ s is sequence }}|{{ 1 is iterable }}|{{ missing is undefined }}|{{ 2 is gt 1 }}|{{ range is callable }}
{% if messages is defined and messages|length > 2 %}yes{% elif true %}no{% else %}never{% endif %}
{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.cycle('a', 'b') }}{{ (loop.previtem|default({})).role }};{% endfor %}
{% for m in messages %}{{ loop.nextitem.role if loop.nextitem is defined else '-' }}{{ loop.changed(m.role) }}{% endfor %}
{% for x in l if x > 1 %}{{ x }}{{ loop.last }}{% endfor %}{% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% set x = 1 %}{% for i in l %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}
{% set ns = namespace(x=1, y='a') %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}{{ ns.y }}{{ ns.z }}
{% if true %}{% set inner = 5 %}{% endif %}{{ inner }}{% for i in [1] %}{% if true %}{% set deep = 6 %}{% endif %}{{ deep }}{% endfor %}{{ deep }}
{% set a, b = 1, 2 %}{{ a }}{{ b }}{% for a, b in [(3, 4), [5, 6]] %}{{ a }}{{ b }}{% endfor %}{{ a }}
{% set block %}  <{{ s|trim }}> {% endset %}{{ block|length }}{{ block }}{% set t | upper %}abc{% endset %}{{ t }}
{% macro f(a, b='d', c=none) %}<{{ a }}{{ b }}{{ c }}>{% endmacro %}{{ f(1) }}{{ f(1, 2) }}{{ f(c=3, a=1) }}{{ f() }}{{ f('x')|length }}
{% macro g(n) %}{% if n > 0 %}{{ n }}{{ g(n - 1) }}{% endif %}{% endmacro %}{{ g(5) }}
{% macro h() %}[{{ caller('q') }}]{% endmacro %}{% call(z) h() %}in {{ z }}{% endcall %}
{% filter upper %}abc {{ s|trim }}{% endfilter %}{% with q = 3, r = 4 %}{{ q }}{{ r }}{% endwith %}{{ q }}
{% raw %}{{ not }} {% this %}{% endraw %}|{# comment {{ x }} #}|{{ '{{' }}|{{ '%}' }}
{{ [1, 2, 3]|join(', ') }}|{{ people|join('-', attribute='name') }}|{{ 'abc'|join('.') }}|{{ l|first }}|{{ l|last }}|{{ e|first }}|{{ l|sort }}|{{ l|sort(reverse=true) }}|{{ ['b', 'A', 'c']|sort }}|{{ l|max }}|{{ l|min }}|{{ l|sum }}|{{ [1, 1, 2]|unique|list }}
{{ people|map(attribute='name')|list }}|{{ people|map(attribute='age', default=0)|list }}|{{ ['a', 'b']|map('upper')|join }}|{{ people|selectattr('age')|map(attribute='name')|list }}|{{ people|selectattr('age', 'defined')|list|length }}|{{ people|rejectattr('name', 'equalto', 'Bob')|map(attribute='name')|list }}|{{ l|select('gt', 1)|list }}|{{ l|reject('odd')|list }}|{{ [0, 1, '']|select|list }}
{{ people|selectattr('age', 'defined')|sum(attribute='age') }}|{{ people|sort(attribute='name')|map(attribute='name')|list }}|{% for k, g in people|groupby('name') %}{{ k }}{{ g|length }}{% endfor %}|{{ d|dictsort }}|{{ l|batch(2)|list }}|{{ l|batch(2, 'x')|list }}
{{ 'hello world'|title }}|{{ "they're bill's"|title }}|{{ 'hELLO'|capitalize }}|{{ 'a-b'|replace('-', '+') }}|{{ 'aaa'|replace('a', 'b', 2) }}|{{ 'abc'.replace('', '-') }}|{{ 'aXbX'.lower() }}|{{ 'x'|center(5) }}|{{ 'xy'|center(5) }}|{{ 'x y z'|wordcount }}
{{ '3'|int + 1 }}|{{ 'x'|int }}|{{ 'x'|int(7) }}|{{ 3.9|int }}|{{ '1.5'|float }}|{{ 3|float }}|{{ 2.5|round }}|{{ 3.14159|round(2) }}|{{ 3.2|round(0, 'ceil') }}|{{ 3.9|round(0, 'floor') }}|{{ -3|abs }}|{{ 3|string + 'x' }}
{{ 'a\nb\n\nc'|indent }}|{{ 'a\nb'|indent(2, true) }}|{{ 'a\nb'|indent('>>') }}|{{ 'a\n\nb'|indent(1, blank=true) }}
{{ '%s-%d%%'|format('a', 3) }}|{{ '%s' % 'q' }}|{{ '%s %s' % (1, 2) }}|{{ '<a href="x">&\''|e }}|{{ '<b>'|safe }}
{{ 'abc'.startswith('a') }}|{{ 'abc'.endswith(('x', 'c')) }}|{{ 'abcabc'.find('c') }}|{{ 'abc'.find('z') }}|{{ 'abcabc'.rfind('c') }}|{{ 'aXa'.count('a') }}|{{ '12'.isdigit() }}|{{ 'a1'.isalnum() }}|{{ 'ab'.isalpha() }}|{{ ' '.isspace() }}|{{ 'AB'.isupper() }}|{{ ','.join(['a', 'b']) }}|{{ 'abc'.removeprefix('a') }}|{{ 'abc'.removesuffix('c') }}|{{ 'a.b.c'.partition('.') }}|{{ 'a.b.c'.rpartition('.') }}|{{ 'a\nb\r\nc'.splitlines() }}|{{ 'hello there'.title() }}|{{ 'hELLO'.capitalize() }}
{{ range(3)|list }}{{ range(1, 7, 2)|list }}{{ range(3, 0, -1)|list }}{% for i in range(2) %}{{ i }}{% endfor %}{{ dict(a=1, b=2) }}{{ dict([('x', 1)]) }}
{{ messages[0].content.__class__.__mro__ }}
{{ d.fromkeys.__globals__['x'] }}
{{ messages.append(1) }}
{{ d.update({'a': 1}) }}
{{ raise_exception('no <good>') }}
{{ messages[0]['role'] == 'system' and messages[-1]['role'] == 'user' }}|{{ messages[1:]|length }}|{{ messages[0:1][0].role }}|{{ (messages|last).role }}|{{ messages|map(attribute='role')|list|tojson }}
{{ "a\tb\\n\x41\u00e9\q" }}|{{ 'it''s' }}|{{ 1_000 }}|{{ 'a' if 'a' is defined else 'b' }}|{{ l.index(1) }}|{{ l.count(3) }}|{{ 'x' is in ['x'] }}|{{ (l|length) > 2 and not e }}
{{ 'a' is not string }}|{{ 'abc'|length is gt 2 }}|{{ not true or true }}|{{ l|length * 2 }}|{{ -l[0] }}|{{ - 3|abs }}|{{ 'a'.upper()|lower }}|{{ ('a' ~ 'b')|upper }}|{{ d.a[1].x }}|{{ d['a'][0] }}|{{ people.0.name }}
{{ namespace(a=1) is mapping }}|{{ 'a;b'.split(';')|last }}|{{ [[1, 2], [3]]|map('length')|list }}|{{ [3, 1]|map('string')|join }}|{{ l|tojson|length }}|{{ 'abc'[1] }}|{{ 'abc'[1:] }}|{{ 'abc'[5] }}|{{ 'truncate this text please'|truncate(12) }}|{{ d|items|list }}|{{ d|length }}|{{ 'ß'|upper }}
{%- for x in l -%} {{ x }} {%- endfor -%} |  {%+ if true %} a {% endif +%}  b
  {% if true %}
  indented
    {% endif %}
after {{ 1 }}
{{ 2 }}
    {# gone #}
  x {%- if true -%}   y   {%- endif %}  z
{% unknown %}
{{ x|nofilter }}
{{ x is notest }}
{% if true %}
{{ 'open
{{ (1 }}
{% for %}{% endfor %}
{% endfor %}
{{ 1 2 }}
{% set 1 = 2 %}
{{ }}
{# open
{% include 'x' %}
"""


def snippets():
    """Lines, but for the three that belong together."""
    lines = LANGUAGE.strip("\n").split("\n")
    start = lines.index("  {% if true %}")
    end = lines.index("  x {%- if true -%}   y   {%- endif %}  z") + 1
    return lines[:start] + ["\n".join(lines[start:end])] + lines[end:]


def attempt(work):
    try:
        return {"rendered": work()}
    except Exception as failure:  # whatever it raises, a template that fails must fail here too
        return {"error": type(failure).__name__}


def main():
    out = pathlib.Path(sys.argv[1])
    templates = []
    for name, template in TEMPLATES.items():
        for dialogue, messages in DIALOGUES.items():
            for generation, continued in ((True, False), (False, False), (False, True)):
                if (name == "llava-1.5-hf") != (dialogue == "parts") and not (name == "with-tools" and dialogue == "calls"):
                    if name == "llava-1.5-hf" or dialogue in ("parts", "calls"):
                        continue
                tools = [TOOL] if dialogue == "calls" else None

                def work():
                    return render_jinja_template(
                        conversations=[messages],
                        tools=tools,
                        chat_template=template,
                        add_generation_prompt=generation,
                        continue_final_message=continued,
                        bos_token="<s>",
                        eos_token="</s>",
                    )[0][0]

                templates.append({
                    "template": name, "dialogue": dialogue, "generation": generation, "continued": continued,
                    "tools": tools, **attempt(work),
                })
    versions = {"jinja2": jinja2.__version__, "transformers": transformers.__version__}
    write(out / "templates.json", {**versions, "templates": TEMPLATES, "dialogues": DIALOGUES, "cases": templates})
    language = [
        {"template": snippet, **attempt(lambda: _compile_jinja_template(snippet).render(**VARIABLES))}
        for snippet in snippets()
    ]
    write(out / "language.json", {**versions, "variables": VARIABLES, "cases": language})


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


main()
