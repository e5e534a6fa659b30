package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.structured.SchemaDocument.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** What the keywords of a schema say, as formulas. Source: JSON Schema draft 2020-12, and what drafts 4 to 7 wrote otherwise. */
final class SchemaReader {

    private static final int MOST = Integer.MAX_VALUE;

    private final SchemaDocument document;
    private final Budget budget;
    private final BiFunction<Goal, Goal, Set<JsonType>> overlap;
    private final Map<Schema, Formula> known = new HashMap<>();
    private final Set<Schema> open = new HashSet<>();
    private final Schema never;

    /**
     * A reader of one document.
     *
     * @param overlap of which types there may be values that reach both goals
     */
    SchemaReader(SchemaDocument document, Budget budget, BiFunction<Goal, Goal, Set<JsonType>> overlap) {
        this.document = document;
        this.budget = budget;
        this.overlap = overlap;
        this.never = document.synthetic(BooleanNode.FALSE, "");
    }

    /** A schema that nothing meets. */
    Goal nothing() {
        return Goal.met(never);
    }

    /** What a goal says. */
    Formula formula(Goal goal) {
        Formula formula = formula(goal.schema());
        return goal.met() ? formula : Formula.not(formula, goal.loose());
    }

    private Formula formula(Schema schema) {
        Formula formula = known.get(schema);
        if (formula != null) {
            return formula;
        }
        budget.spend(10);
        if (!open.add(schema)) {
            throw StructureException.invalid(schema.pointer(), "the schema refers to itself without getting on");
        }
        try {
            formula = schema.json().isBoolean()
                    ? schema.json().booleanValue() ? Formula.TRUE : Formula.FALSE
                    : keywords(schema);
        } catch (StackOverflowError e) {
            throw StructureException.tooComplex(schema.pointer(), "the schema's references are nested too deeply");
        } finally {
            open.remove(schema);
        }
        known.put(schema, formula);
        return formula;
    }

    private Formula keywords(Schema schema) {
        JsonNode json = schema.json();
        List<Formula> parts = new ArrayList<>();
        if (document.isLegacy() && json.has("$ref")) {
            return formula(reference(schema, "$ref"));
        }
        for (String name : List.of("$ref", "$dynamicRef")) {
            if (json.has(name)) {
                parts.add(formula(reference(schema, name)));
            }
        }
        if (json.has("$recursiveRef")) {
            throw StructureException.unsupported(schema.pointer() + "/$recursiveRef", "a recursive reference");
        }
        anyType(schema, parts);
        numbers(schema, parts);
        strings(schema, parts);
        new ArrayKeywords(schema, parts).read();
        new ObjectKeywords(schema, parts).read();
        combinations(schema, parts);
        Formula all = new Formula.And(parts);
        for (String name : List.of("unevaluatedProperties", "unevaluatedItems")) {
            if (json.has(name)) {
                JsonType type = name.equals("unevaluatedItems") ? JsonType.ARRAY : JsonType.OBJECT;
                all = new Formula.Unseen(all, goal(schema, json.get(name), name), type, schema.pointer() + "/" + name);
            }
        }
        return all;
    }

    private Schema reference(Schema schema, String keyword) {
        require(schema, keyword, schema.json().get(keyword).isTextual(), "a string");
        return document.resolve(schema, keyword);
    }

    private void anyType(Schema schema, List<Formula> parts) {
        JsonNode json = schema.json();
        if (json.has("type")) {
            JsonNode type = json.get("type");
            List<Formula> options = new ArrayList<>();
            if (type.isArray()) {
                require(schema, "type", !type.isEmpty(), "a type, or several");
                type.forEach(one -> options.add(type(schema, one)));
            } else {
                options.add(type(schema, type));
            }
            parts.add(new Formula.Or(options));
        }
        if (json.has("const")) {
            parts.add(equalTo(List.of(json.get("const")), schema, "const"));
        }
        if (json.has("enum")) {
            require(schema, "enum", json.get("enum").isArray(), "an array");
            List<JsonNode> values = new ArrayList<>();
            json.get("enum").forEach(values::add);
            parts.add(equalTo(values, schema, "enum"));
        }
    }

    private Formula type(Schema schema, JsonNode name) {
        return switch (name.asText("")) {
            case "null" -> isOf(JsonType.NULL, schema);
            case "boolean" -> isOf(JsonType.BOOLEAN, schema);
            case "number" -> isOf(JsonType.NUMBER, schema);
            case "integer" ->
                Formula.and(isOf(JsonType.NUMBER, schema), says(new Atom.NumberIn(Numbers.INTEGERS), schema, "type"));
            case "string" -> isOf(JsonType.STRING, schema);
            case "array" -> isOf(JsonType.ARRAY, schema);
            case "object" -> isOf(JsonType.OBJECT, schema);
            default -> throw StructureException.invalid(schema.pointer() + "/type", name + " is no type");
        };
    }

    private static Formula isOf(JsonType type, Schema schema) {
        return says(new Atom.Types(EnumSet.of(type)), schema, "type");
    }

    private static Formula says(Atom atom, Schema schema, String keyword) {
        return new Formula.Literal(atom, true, schema.pointer() + "/" + keyword, false);
    }

    /** One of these values; strings and numbers together, since there may be many. */
    private Formula equalTo(List<JsonNode> values, Schema schema, String keyword) {
        List<Formula> options = new ArrayList<>();
        Set<String> strings = new LinkedHashSet<>();
        List<BigDecimal> numbers = new ArrayList<>();
        for (JsonNode value : values) {
            budget.spend(10);
            switch (value.getNodeType()) {
                case NULL -> options.add(isOf(JsonType.NULL, schema));
                case BOOLEAN ->
                    options.add(Formula.and(
                            isOf(JsonType.BOOLEAN, schema),
                            says(new Atom.Truth(value.booleanValue()), schema, keyword)));
                case NUMBER -> numbers.add(value.decimalValue());
                case STRING -> strings.add(value.textValue());
                case ARRAY -> options.add(array(value, schema, keyword));
                case OBJECT -> options.add(object(value, schema, keyword));
                default -> throw StructureException.invalid(schema.pointer() + "/" + keyword, "this is no JSON value");
            }
        }
        if (!strings.isEmpty()) {
            CharDfa dfa = at(schema, keyword, () -> CharDfa.of(strings, budget));
            options.add(Formula.and(isOf(JsonType.STRING, schema), says(new Atom.StringIn(dfa), schema, keyword)));
        }
        if (!numbers.isEmpty()) {
            CharDfa dfa = at(schema, keyword, () -> Numbers.of(numbers, budget));
            options.add(Formula.and(isOf(JsonType.NUMBER, schema), says(new Atom.NumberIn(dfa), schema, keyword)));
        }
        return new Formula.Or(options);
    }

    private Goal constant(JsonNode value, Schema schema, String keyword) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("const", value);
        return Goal.met(document.synthetic(json, schema.pointer() + "/" + keyword));
    }

    private Formula array(JsonNode value, Schema schema, String keyword) {
        List<Formula> parts = new ArrayList<>();
        parts.add(isOf(JsonType.ARRAY, schema));
        parts.add(says(new Atom.MinItems(value.size()), schema, keyword));
        parts.add(says(new Atom.MaxItems(value.size()), schema, keyword));
        for (int i = 0; i < value.size(); i++) {
            parts.add(says(new Atom.Item(i, constant(value.get(i), schema, keyword)), schema, keyword));
        }
        return new Formula.And(parts);
    }

    private Formula object(JsonNode value, Schema schema, String keyword) {
        List<Formula> parts = new ArrayList<>();
        parts.add(isOf(JsonType.OBJECT, schema));
        Set<String> names = new LinkedHashSet<>();
        value.properties().forEach(entry -> {
            names.add(entry.getKey());
            Goal goal = constant(entry.getValue(), schema, keyword);
            parts.add(says(new Atom.Property(entry.getKey(), goal), schema, keyword));
            parts.add(says(new Atom.Required(entry.getKey()), schema, keyword));
        });
        parts.add(says(new Atom.Additional(names, List.of(), nothing()), schema, keyword));
        return new Formula.And(parts);
    }

    private void numbers(Schema schema, List<Formula> parts) {
        JsonNode json = schema.json();
        for (String name : List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) {
            if (!json.has(name) || json.get(name).isBoolean()) {
                // Draft 4 says by a boolean whether the bound itself is left out.
                continue;
            }
            require(schema, name, json.get(name).isNumber(), "a number");
            BigDecimal value = json.get(name).decimalValue();
            CharDfa dfa = at(schema, name, () -> switch (name) {
                case "minimum" ->
                    Numbers.atLeast(value, json.path("exclusiveMinimum").booleanValue(), budget);
                case "maximum" ->
                    Numbers.atMost(value, json.path("exclusiveMaximum").booleanValue(), budget);
                case "exclusiveMinimum" -> Numbers.atLeast(value, true, budget);
                case "exclusiveMaximum" -> Numbers.atMost(value, true, budget);
                default -> {
                    require(schema, name, value.signum() > 0, "a number above 0");
                    yield Numbers.multiplesOf(value, budget);
                }
            });
            parts.add(says(new Atom.NumberIn(dfa), schema, name));
        }
    }

    private void strings(Schema schema, List<Formula> parts) {
        JsonNode json = schema.json();
        if (json.has("minLength")) {
            parts.add(says(new Atom.MinLength(count(schema, "minLength")), schema, "minLength"));
        }
        if (json.has("maxLength")) {
            parts.add(says(new Atom.MaxLength(count(schema, "maxLength")), schema, "maxLength"));
        }
        if (json.has("pattern")) {
            require(schema, "pattern", json.get("pattern").isTextual(), "a string");
            CharDfa dfa = pattern(schema, json.get("pattern").textValue(), "pattern");
            parts.add(says(new Atom.StringIn(dfa), schema, "pattern"));
        }
        if (json.has("format")) {
            require(schema, "format", json.get("format").isTextual(), "a string");
            Optional<CharDfa> format = Formats.named(json.get("format").textValue());
            // Alone a format is an annotation, by the standard; who asks for a string of a format means it.
            format.filter(dfa -> mayBeString(json))
                    .ifPresent(dfa -> parts.add(says(new Atom.StringIn(dfa), schema, "format")));
        }
    }

    private static boolean mayBeString(JsonNode schema) {
        boolean said = schema.path("type").asText("").equals("string");
        for (JsonNode type : schema.path("type")) {
            said |= type.asText("").equals("string");
        }
        return said;
    }

    private CharDfa pattern(Schema schema, String expression, String... path) {
        return at(schema, String.join("/", path), () -> CharDfa.containing(RegexParser.parse(expression), budget));
    }

    private void combinations(Schema schema, List<Formula> parts) {
        JsonNode json = schema.json();
        if (json.has("allOf")) {
            schemas(schema, "allOf").forEach(one -> parts.add(formula(one)));
        }
        if (json.has("anyOf")) {
            parts.add(new Formula.AnyOf(
                    schemas(schema, "anyOf").stream().map(this::formula).toList()));
        }
        if (json.has("oneOf")) {
            parts.add(oneOf(schemas(schema, "oneOf")));
        }
        if (json.has("not")) {
            Schema not = document.child(schema, json.get("not"), "not");
            parts.add(Formula.not(Formula.withoutNotes(formula(not)), false));
        }
        if (json.has("if") && (json.has("then") || json.has("else"))) {
            Formula condition = formula(document.child(schema, json.get("if"), "if"));
            Formula yes = json.has("then") ? formula(document.child(schema, json.get("then"), "then")) : Formula.TRUE;
            Formula no = json.has("else") ? formula(document.child(schema, json.get("else"), "else")) : Formula.TRUE;
            parts.add(Formula.or(
                    Formula.and(condition, yes), Formula.and(Formula.not(Formula.withoutNotes(condition), false), no)));
        } else if (json.has("if")) {
            // Alone it only tells what was looked at.
            Formula condition = formula(document.child(schema, json.get("if"), "if"));
            if (!Formula.withoutNotes(condition).equals(condition)) {
                parts.add(new Formula.AnyOf(List.of(condition, Formula.TRUE)));
            }
        }
    }

    /** One and no other; what cannot hold together need not be told apart. */
    private Formula oneOf(List<Schema> schemas) {
        List<Formula> options = new ArrayList<>();
        for (Schema one : schemas) {
            List<Formula> parts = new ArrayList<>();
            parts.add(formula(one));
            for (Schema other : schemas) {
                budget.spend(10);
                Set<JsonType> both = one.equals(other) ? Set.of() : overlap.apply(Goal.met(one), Goal.met(other));
                if (!both.isEmpty()) {
                    parts.add(Formula.or(
                            Formula.not(says(new Atom.Types(both), one, "type"), false),
                            Formula.not(Formula.withoutNotes(formula(other)), true)));
                }
            }
            options.add(new Formula.And(parts));
        }
        return new Formula.Or(options);
    }

    private List<Schema> schemas(Schema schema, String keyword) {
        JsonNode array = schema.json().get(keyword);
        require(schema, keyword, array.isArray() && !array.isEmpty(), "an array of schemas");
        List<Schema> found = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            Schema one = document.child(schema, array.get(i), keyword, Integer.toString(i));
            // The same boolean may stand there twice, and then the two are two.
            found.add(found.contains(one) ? document.synthetic(one.json(), one.pointer()) : one);
        }
        return found;
    }

    private Goal goal(Schema schema, JsonNode json, String... path) {
        return Goal.met(document.child(schema, json, path));
    }

    private int count(Schema schema, String keyword) {
        JsonNode value = schema.json().get(keyword);
        boolean whole = value.isNumber()
                && value.decimalValue().signum() >= 0
                && value.decimalValue().stripTrailingZeros().scale() <= 0;
        require(schema, keyword, whole, "a whole number that is not negative");
        return value.decimalValue().min(BigDecimal.valueOf(MOST - 1L)).intValue();
    }

    private static void require(Schema schema, String keyword, boolean holds, String expected) {
        if (!holds) {
            throw StructureException.invalid(schema.pointer() + "/" + keyword, "'" + keyword + "' must be " + expected);
        }
    }

    private interface Work<T> {
        T run();
    }

    private static <T> T at(Schema schema, String keyword, Work<T> work) {
        try {
            return work.run();
        } catch (StructureException e) {
            throw e.at(schema.pointer() + "/" + keyword);
        }
    }

    /** The keywords of arrays. */
    private final class ArrayKeywords {
        private final Schema schema;
        private final JsonNode json;
        private final List<Formula> parts;

        ArrayKeywords(Schema schema, List<Formula> parts) {
            this.schema = schema;
            this.json = schema.json();
            this.parts = parts;
        }

        void read() {
            boolean older = json.path("items").isArray();
            String first = older ? "items" : "prefixItems";
            int prefix = 0;
            if (json.has(first)) {
                require(schema, first, json.get(first).isArray(), "an array of schemas");
                prefix = json.get(first).size();
                for (int i = 0; i < prefix; i++) {
                    Goal goal = goal(schema, json.get(first).get(i), first, Integer.toString(i));
                    say(new Atom.Item(i, goal), first);
                }
            }
            say(new Atom.SeenItems(prefix), first);
            String rest = older ? "additionalItems" : "items";
            if (json.has(rest)) {
                say(new Atom.Items(prefix, goal(schema, json.get(rest), rest)), rest);
                say(new Atom.SeenItems(MOST), rest);
            }
            if (json.has("minItems")) {
                say(new Atom.MinItems(count(schema, "minItems")), "minItems");
            }
            if (json.has("maxItems")) {
                say(new Atom.MaxItems(count(schema, "maxItems")), "maxItems");
            }
            if (json.has("uniqueItems")) {
                require(schema, "uniqueItems", json.get("uniqueItems").isBoolean(), "a boolean");
                if (json.get("uniqueItems").booleanValue()) {
                    say(new Atom.Unique(), "uniqueItems");
                }
            }
            if (json.has("contains")) {
                Goal goal = goal(schema, json.get("contains"), "contains");
                say(new Atom.MinContains(goal, json.has("minContains") ? count(schema, "minContains") : 1), "contains");
                if (json.has("maxContains")) {
                    say(new Atom.MaxContains(goal, count(schema, "maxContains")), "maxContains");
                }
            }
        }

        private void say(Atom atom, String keyword) {
            parts.add(says(atom, schema, keyword));
        }
    }

    /** The keywords of objects. */
    private final class ObjectKeywords {
        private final Schema schema;
        private final JsonNode json;
        private final List<Formula> parts;

        ObjectKeywords(Schema schema, List<Formula> parts) {
            this.schema = schema;
            this.json = schema.json();
            this.parts = parts;
        }

        void read() {
            Set<String> names = new LinkedHashSet<>();
            List<CharDfa> patterns = new ArrayList<>();
            for (Map.Entry<String, JsonNode> member : members("properties")) {
                names.add(member.getKey());
                Goal goal = goal(schema, member.getValue(), "properties", member.getKey());
                say(new Atom.Property(member.getKey(), goal), "properties");
            }
            for (Map.Entry<String, JsonNode> member : members("patternProperties")) {
                String pattern = member.getKey();
                CharDfa dfa = pattern(schema, pattern, "patternProperties", SchemaDocument.escape(pattern));
                patterns.add(dfa);
                say(
                        new Atom.Pattern(dfa, goal(schema, member.getValue(), "patternProperties", pattern)),
                        "patternProperties");
            }
            boolean all = json.has("additionalProperties");
            if (all) {
                Goal goal = goal(schema, json.get("additionalProperties"), "additionalProperties");
                say(new Atom.Additional(names, patterns, goal), "additionalProperties");
            }
            if (all || !names.isEmpty() || !patterns.isEmpty()) {
                say(new Atom.SeenProperties(names, patterns, all), "properties");
            }
            if (json.has("propertyNames")) {
                say(new Atom.Names(goal(schema, json.get("propertyNames"), "propertyNames")), "propertyNames");
            }
            for (String name : json.has("required") && !json.get("required").isBoolean()
                    ? texts(json.get("required"), "required")
                    : List.<String>of()) {
                say(new Atom.Required(name), "required");
            }
            if (json.has("minProperties")) {
                say(new Atom.MinProperties(count(schema, "minProperties")), "minProperties");
            }
            if (json.has("maxProperties")) {
                say(new Atom.MaxProperties(count(schema, "maxProperties")), "maxProperties");
            }
            dependencies();
        }

        private void dependencies() {
            for (String keyword : List.of("dependentRequired", "dependentSchemas", "dependencies")) {
                for (Map.Entry<String, JsonNode> member : members(keyword)) {
                    Formula there = literal(new Atom.Required(member.getKey()), keyword);
                    boolean isList = member.getValue().isArray() && !keyword.equals("dependentSchemas");
                    List<Formula> then = new ArrayList<>();
                    then.add(there);
                    if (isList) {
                        texts(member.getValue(), keyword)
                                .forEach(name -> then.add(literal(new Atom.Required(name), keyword)));
                    } else {
                        require(schema, keyword, !keyword.equals("dependentRequired"), "lists of names");
                        then.add(formula(document.child(schema, member.getValue(), keyword, member.getKey())));
                    }
                    Formula object = says(new Atom.Types(EnumSet.of(JsonType.OBJECT)), schema, keyword);
                    parts.add(Formula.or(Formula.not(object, false), Formula.not(there, false), new Formula.And(then)));
                }
            }
        }

        private List<String> texts(JsonNode array, String keyword) {
            require(schema, keyword, array.isArray(), "a list of names");
            List<String> found = new ArrayList<>();
            for (JsonNode name : array) {
                require(schema, keyword, name.isTextual(), "a list of names");
                found.add(name.textValue());
            }
            return found;
        }

        private Set<Map.Entry<String, JsonNode>> members(String keyword) {
            if (!json.has(keyword)) {
                return Set.of();
            }
            require(schema, keyword, json.get(keyword).isObject(), "an object");
            return json.get(keyword).properties();
        }

        private Formula literal(Atom atom, String keyword) {
            return says(atom, schema, keyword);
        }

        private void say(Atom atom, String keyword) {
            parts.add(says(atom, schema, keyword));
        }
    }
}
