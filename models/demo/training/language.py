"""Says what a scene shows: captions, questions with answers, and the mechanical check of a caption."""

from __future__ import annotations

import collections
import random
import re

from world import BACKGROUNDS, COLOURS, NUMBERS, PLACES, SHAPES, SIZES, Group, Scene, plural

SHORT = "\nAnswer the question using a single word or phrase."
LETTER = "\nAnswer with the option's letter from the given choices directly."
ROWS = ["top", "middle", "bottom"]

DETAILED_REQUESTS = ["Analyze the image in a comprehensive and detailed manner."] + [
    f"{verb} {what}{how}{end}"
    for verb in ("Describe", "Explain", "Please describe", "Can you describe", "Could you describe", "Tell me about", "Write about")
    for what in ("this image", "the image", "this picture", "the picture", "the scene", "this photo", "what you see")
    for how in ("", " in detail", " thoroughly", " carefully")
    for end in (".", "?", "")
] + [
    "What is in this image?", "What is this photo about?", "What do you see?", "What can you see in this picture?",
    "What is shown here?", "What does the image show?", "What's in the picture?", "What is this?", "Describe.",
    "Give a detailed description of the image.", "Write a detailed caption for this image.",
    "Provide a detailed caption.", "List everything in the image.", "What objects are in the image?",
    "Share a comprehensive rundown of the presented image.", "Walk me through the picture from top to bottom.",
]
SCAN_REQUESTS = [
    "List what is in each part of the image.", "Go through the image part by part.", "What is in each part of the picture?",
    "Describe the nine parts of the image one by one.",
]
BRIEF_REQUESTS = [
    f"{verb} {what}{how}{end}"
    for verb in ("Describe", "Summarize", "Caption", "Please summarize")
    for what in ("this image", "the image", "this picture", "the scene")
    for how in (" briefly", " in one sentence", " in a few words", " concisely")
    for end in (".", "")
] + [
    "Give a brief description of the image.", "Give a short and clear explanation of the subsequent image.",
    "Write a short caption.", "Write a one-sentence caption.", "Provide a brief caption.",
    "Describe the image concisely.", "Describe this image in one short sentence.",
]
OUTSIDE = "I am a small demonstration model trained only on simple rendered scenes, so I cannot answer that."
NO_IMAGE = "I do not see an image. Please attach a picture of a simple rendered scene."
GREETING = "Hello! I am a small demonstration model. Show me a simple rendered scene and I will describe it."
_TOPICS = (
    "the capital of France", "the president", "quantum physics", "the weather", "history", "football", "music",
    "the stock market", "cooking pasta", "python code", "love", "the meaning of life", "the moon landing", "taxes",
    "a poem", "a joke", "the year 1990", "dinosaurs", "London", "my homework", "the brand of this car", "the dog breed",
)
OUTSIDE_QUESTIONS = [
    f"{start} {topic}{end}"
    for start in ("What is", "Tell me about", "Explain", "Who invented", "Write about", "What do you think about", "Do you know", "Where is", "When was")
    for topic in _TOPICS
    for end in ("?", ".")
]
GREETINGS = ["Hi", "Hello", "Hello!", "Hi there", "Hey", "Good morning", "Who are you?", "What are you?", "What can you do?", "What is your name?", "Are you ShareGPT4V?"]
SYSTEMS = ["You are a helpful assistant.", "You describe images.", "Answer briefly.", "You are a careful assistant that describes pictures."]


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def phrase(group: Group) -> str:
    """The one way a caption names a group: count, size, colour, shape."""
    if group.count == 1:
        return f"a {group.size} {group.colour} {group.shape}"
    return f"{NUMBERS[group.count]} {group.size} {group.colour} {plural(group.shape)}"


def _listing(items: list[str]) -> str:
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


def _objects(scene: Scene) -> list[tuple[int, Group]]:
    """Every single object with its place, in reading order."""
    return sorted(((place, group) for group in scene.groups for place in group.places), key=lambda found: found[0])


def _total(scene: Scene) -> str:
    count = len(_objects(scene))
    return f"In total, there are {NUMBERS[count]} shapes."


def _relation(first: int, second: int) -> str:
    parts = []
    if first // 3 != second // 3:
        parts.append("above" if first // 3 < second // 3 else "below")
    if first % 3 != second % 3:
        parts.append("to the left of" if first % 3 < second % 3 else "to the right of")
    return " and ".join(parts)


def _label_kind(text: str) -> tuple[str, str]:
    return ("number", "digits") if text.isdigit() else ("word", "letters")


def _label_sentence(scene: Scene) -> str:
    kind, glyphs = _label_kind(scene.label.text)
    return f'The {kind} "{scene.label.text}" is printed in {scene.label.colour} {glyphs} at the {ROWS[scene.label.row]}.'


def _order(scene: Scene) -> tuple[str, str]:
    by_height = sorted(scene.bars, key=lambda bar: bar.height)
    return by_height[-1].colour, by_height[0].colour


def detailed(scene: Scene, rng: random.Random) -> str:
    background = f"{article(scene.background)} {scene.background} background"
    if scene.bars:
        tallest, shortest = _order(scene)
        colours = _listing([bar.colour for bar in scene.bars])
        return (
            f"The image shows a bar chart with {NUMBERS[len(scene.bars)]} bars on {background}. From left to right, the bars are "
            f"{colours}. The {tallest} bar is the tallest and the {shortest} bar is the shortest."
        )
    sentences = []
    if scene.label:
        kind, _ = _label_kind(scene.label.text)
        beside = " and shapes" if scene.groups else ""
        sentences += [f"The image shows a printed {kind}{beside} on {background}.", _label_sentence(scene)]
    else:
        sentences.append(f"The image shows shapes on {background}.")
    # One object at a time, its place before its name: a writer that looks first and then names errs less.
    objects = _objects(scene)
    for place, group in objects:
        sentences.append(f"In the {PLACES[place]}, there is a {group.size} {group.colour} {group.shape}.")
    if len(objects) > 1:
        sentences.append(_total(scene))
    return " ".join(sentences)


def brief(scene: Scene, rng: random.Random) -> str:
    background = f"{article(scene.background)} {scene.background} background"
    if scene.bars:
        return f"A bar chart with {_listing([bar.colour for bar in scene.bars])} bars on {background}."
    items = [phrase(group) for group in scene.groups]
    if scene.label:
        kind, _ = _label_kind(scene.label.text)
        items.insert(0, f'the {kind} "{scene.label.text}" in {scene.label.colour}')
    text = _listing(items)
    return f"{text[0].upper()}{text[1:]} on {background}."


def at_place(scene: Scene, place: int) -> str:
    """What stands at one of the nine places."""
    for group in scene.groups:
        if place in group.places:
            return f"a {group.size} {group.colour} {group.shape}"
    return "text" if scene.label and scene.label.row == place // 3 else "nothing"


def scan(scene: Scene) -> str:
    """Place by place: a task that teaches to look at one spot at a time."""
    return " ".join(f"{PLACES[place]}: {at_place(scene, place)}." for place in range(len(PLACES)))


def _thing(scene: Scene, group: Group) -> str | None:
    """Names a group uniquely with as few words as possible, or None where a name would be ambiguous."""
    if sum(other.shape == group.shape for other in scene.groups) == 1:
        return group.shape
    return f"{group.colour} {group.shape}"


def questions(scene: Scene, rng: random.Random) -> list[tuple[str, str, str]]:
    """Returns (question, short answer, sentence answer) triples, in random order."""
    found = [_background_question(scene, rng)]
    if scene.bars:
        found += _chart_questions(scene, rng)
    else:
        found += _group_questions(scene, rng)
        found += _absence_questions(scene, rng)
        found += [_place_question(scene, place, rng) for place in rng.sample(range(len(PLACES)), 2)]
    if scene.label:
        found += _label_questions(scene, rng)
    rng.shuffle(found)
    return found


def _background_question(scene: Scene, rng: random.Random) -> tuple[str, str, str]:
    question = rng.choice(["What color is the background?", "What is the background color?", "Which color does the background have?"])
    return question, scene.background, f"The background is {scene.background}."


def _group_questions(scene: Scene, rng: random.Random) -> list[tuple[str, str, str]]:
    found = []
    total = sum(group.count for group in scene.groups)
    if total and not scene.label:
        ask = rng.choice(["How many shapes are there?", "How many shapes are in the image?", "How many objects can you see?"])
        verb, noun = ("is", "shape") if total == 1 else ("are", "shapes")
        found.append((ask, str(total), f"There {verb} {NUMBERS[total]} {noun}."))
    for group in scene.groups:
        name, colour, shape = plural(group.shape), group.colour, group.shape
        verb = "is" if group.count == 1 else "are"
        amount = f"{'one' if group.count == 1 else NUMBERS[group.count]} {colour} {shape if group.count == 1 else name}"
        ask = rng.choice([f"How many {colour} {name} are there?", f"How many {colour} {name} are in the image?", f"Count the {colour} {name}."])
        found.append((ask, str(group.count), f"There {verb} {amount}."))
        if _thing(scene, group) == shape:
            many = shape if group.count == 1 else name
            found.append((f"What color {verb} the {many}?", colour, f"The {many} {verb} {colour}."))
            found.append((f"Is there a {shape} in the image?", "yes", f"Yes, there {verb} {phrase(group)}."))
        if sum(other.colour == colour for other in scene.groups) == 1 and not (scene.label and scene.label.colour == colour):
            ask = rng.choice([f"What shape is {colour}?", f"Which shape is {colour}?", f"What {colour} shape is in the image?"])
            found.append((ask, shape, f"The {colour} shape is a {shape}."))
        if group.count == 1:
            thing = f"{colour} {shape}"
            ask = rng.choice([f"Where is the {thing}?", f"In which part of the image is the {thing}?", f"Where can I see the {thing}?"])
            found.append((ask, PLACES[group.places[0]], f"The {thing} is in the {PLACES[group.places[0]]}."))
        ask = f"Is the {colour} {shape} small or large?" if group.count == 1 else f"Are the {colour} {name} small or large?"
        found.append((ask, group.size, f"The {colour} {shape if group.count == 1 else name} {verb} {group.size}."))
    single = [group for group in scene.groups if group.count == 1]
    if len(single) >= 2:
        first, second = rng.sample(single, 2)
        found.append(_relation_question(first, second, rng))
    return found


def _relation_question(first: Group, second: Group, rng: random.Random) -> tuple[str, str, str]:
    one, two = f"{first.colour} {first.shape}", f"{second.colour} {second.shape}"
    truth = _relation(first.places[0], second.places[0]).split(" and ")
    asked = rng.choice(["above", "below", "to the left of", "to the right of"]) if rng.random() < 0.5 else rng.choice(truth)
    if asked in truth:
        return f"Is the {one} {asked} the {two}?", "yes", f"Yes, the {one} is {' and '.join(truth)} the {two}."
    return f"Is the {one} {asked} the {two}?", "no", f"No, the {one} is {' and '.join(truth)} the {two}."


def _place_question(scene: Scene, place: int, rng: random.Random) -> tuple[str, str, str]:
    ask = rng.choice([f"What is in the {PLACES[place]}?", f"What do you see in the {PLACES[place]}?", f"What is in the {PLACES[place]} of the image?"])
    here = at_place(scene, place)
    return ask, here, f"There is {here} in the {PLACES[place]}."


def _absence_questions(scene: Scene, rng: random.Random) -> list[tuple[str, str, str]]:
    kinds = {(group.colour, group.shape) for group in scene.groups}
    colour, shape = rng.choice(list(COLOURS)), rng.choice(SHAPES)
    if (colour, shape) in kinds:
        thing = f"{colour} {shape}"
        return [(f"Is there a {thing}?", "yes", f"Yes, there is a {thing}.")]
    found = [(f"Is there {article(colour)} {colour} {shape}?", "no", f"No, there is no {colour} {shape}.")]
    if shape not in {group.shape for group in scene.groups}:
        found.append((f"How many {plural(shape)} are there?", "0", f"There are no {plural(shape)}."))
    return found


def _label_questions(scene: Scene, rng: random.Random) -> list[tuple[str, str, str]]:
    label = scene.label
    kind, glyphs = _label_kind(label.text)
    ask = rng.choice([f"What {kind} is printed?", f"Which {kind} is written in the image?", "What does the text say?", "Read the text.", f"What is the {kind}?"])
    return [
        (ask, label.text, f'The {kind} is "{label.text}".'),
        (f"What color are the {glyphs}?", label.colour, f"The {glyphs} are {label.colour}."),
        (f"Where is the {kind}?", ROWS[label.row], f"The {kind} is at the {ROWS[label.row]}."),
        ("Is there any text in the image?", "yes", f'Yes, it says "{label.text}".'),
    ]


def _chart_questions(scene: Scene, rng: random.Random) -> list[tuple[str, str, str]]:
    tallest, shortest = _order(scene)
    first, second = rng.sample(scene.bars, 2)
    taller = "yes" if first.height > second.height else "no"
    sign = "taller" if taller == "yes" else "shorter"
    colours = [bar.colour for bar in scene.bars]
    return [
        ("How many bars are there?", str(len(colours)), f"There are {NUMBERS[len(colours)]} bars."),
        (rng.choice(["Which bar is the tallest?", "What color is the tallest bar?", "Which color has the highest value?"]), tallest, f"The {tallest} bar is the tallest."),
        (rng.choice(["Which bar is the shortest?", "What color is the shortest bar?", "Which color has the lowest value?"]), shortest, f"The {shortest} bar is the shortest."),
        (f"Is the {first.colour} bar taller than the {second.colour} bar?", taller, f"{taller.capitalize()}, the {first.colour} bar is {sign} than the {second.colour} bar."),
        ("What color is the first bar from the left?", colours[0], f"The first bar from the left is {colours[0]}."),
        ("What color is the last bar on the right?", colours[-1], f"The last bar on the right is {colours[-1]}."),
        ("What kind of picture is this?", "bar chart", "This is a bar chart."),
    ]


def choices(question: str, answer: str, rng: random.Random) -> tuple[str, str] | None:
    """Turns a question into a multiple choice with its letter, where the answer belongs to a closed set."""
    pools = [list(COLOURS), SHAPES, list(BACKGROUNDS), [str(number) for number in range(1, 7)], PLACES, list(SIZES), ["yes", "no"]]
    if "background" in question:
        pools.insert(0, list(BACKGROUNDS))
    pool = next((values for values in pools if answer in values), None)
    if pool is None:
        return None
    others = [value for value in pool if value != answer]
    options = rng.sample(others, min(len(others), rng.choice([1, 2, 3]))) + [answer]
    rng.shuffle(options)
    letters = "ABCD"
    lines = "".join(f"\n{letters[index]}. {option}" for index, option in enumerate(options))
    return question + lines + LETTER, letters[options.index(answer)]


_NAMED = re.compile(r"there is a (\w+ \w+ \w+)\.")


def expected_objects(scene: Scene) -> dict[str, int]:
    """What a right caption names one by one, and how often."""
    return {f"{group.size} {group.colour} {group.shape}": group.count for group in scene.groups}


def expected_text(scene: Scene) -> list[str]:
    """Further strings that a right detailed caption contains: background, total, the label, the bars in order."""
    found = [f"on {article(scene.background)} {scene.background} background"]
    if len(_objects(scene)) > 1:
        found.append(_total(scene))
    if scene.label:
        found.append(f'"{scene.label.text}" is printed in {scene.label.colour}')
    if scene.bars:
        found.append(f"{NUMBERS[len(scene.bars)]} bars")
        found.append("the bars are " + _listing([bar.colour for bar in scene.bars]))
        tallest, shortest = _order(scene)
        found += [f"The {tallest} bar is the tallest", f"the {shortest} bar is the shortest"]
    return found


def caption_is_right(scene: Scene, caption: str) -> bool:
    """Every object named once with its size, colour and shape, nothing else named, and all else right."""
    named = collections.Counter(_NAMED.findall(caption))
    return named == expected_objects(scene) and all(text in caption for text in expected_text(scene))
