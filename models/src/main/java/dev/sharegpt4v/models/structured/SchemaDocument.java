package dev.sharegpt4v.models.structured;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One schema document: where its subschemas stand, what they are named, and what references mean. */
final class SchemaDocument {

    /**
     * A subschema.
     *
     * @param json its text
     * @param pointer where it stands
     * @param base the address against which its references are resolved
     */
    record Schema(int number, JsonNode json, String pointer, String base) {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    private static final Set<String> HOLDS_SCHEMA = Set.of(
            "items",
            "additionalItems",
            "additionalProperties",
            "propertyNames",
            "contains",
            "not",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema");
    private static final Set<String> HOLDS_ARRAY = Set.of("items", "prefixItems", "allOf", "anyOf", "oneOf");
    private static final Set<String> HOLDS_MAP =
            Set.of("$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies");
    private static final String ROOT = "json-schema:///";
    private static final int DEEPEST = 128;
    private static final int MOST_SCHEMAS = 20_000;

    private final Budget budget;
    private final boolean legacy;
    private final Schema root;
    private final List<Schema> all = new ArrayList<>();
    private final IdentityHashMap<JsonNode, Schema> byNode = new IdentityHashMap<>();
    private final Map<String, Schema> byAddress = new HashMap<>();
    private final Map<String, Integer> dynamicAnchors = new HashMap<>();
    private final Set<String> dynamicAddresses = new HashSet<>();

    SchemaDocument(JsonNode json, Budget budget) {
        this.budget = budget;
        this.legacy = json.path("$schema").asText("").matches(".*/draft-0[3-7]/.*");
        this.root = register(json, "", ROOT, 0);
        byAddress.putIfAbsent(ROOT, root);
    }

    Schema root() {
        return root;
    }

    /** Whether keywords beside a reference mean nothing, as in drafts up to 7. */
    boolean isLegacy() {
        return legacy;
    }

    private Schema register(JsonNode json, String pointer, String parentBase, int depth) {
        if (depth > DEEPEST) {
            throw StructureException.tooComplex(pointer, "the schema is nested more than " + DEEPEST + " deep");
        }
        budget.spend(10);
        String id = json.path("$id").asText("");
        String base = id.isEmpty() ? parentBase : address(parentBase, id, pointer);
        Schema schema = add(json, pointer, base);
        if (!json.isObject()) {
            return schema;
        }
        if (!id.isEmpty() || pointer.isEmpty()) {
            byAddress.putIfAbsent(base, schema);
        }
        name(schema, "$anchor");
        name(schema, "$dynamicAnchor");
        json.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode value = entry.getValue();
            String place = pointer + "/" + escape(name);
            if (HOLDS_SCHEMA.contains(name) && isSchema(value)) {
                register(value, place, base, depth + 1);
            }
            if (HOLDS_ARRAY.contains(name) && value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    register(value.get(i), place + "/" + i, base, depth + 1);
                }
            }
            if (HOLDS_MAP.contains(name) && value.isObject()) {
                value.properties().forEach(member -> {
                    if (isSchema(member.getValue())) {
                        register(member.getValue(), place + "/" + escape(member.getKey()), base, depth + 1);
                    }
                });
            }
        });
        return schema;
    }

    private void name(Schema schema, String keyword) {
        String anchor = schema.json().path(keyword).asText("");
        if (!anchor.isEmpty()) {
            byAddress.putIfAbsent(schema.base() + "#" + anchor, schema);
            if (keyword.equals("$dynamicAnchor")) {
                dynamicAnchors.merge(anchor, 1, Integer::sum);
                dynamicAddresses.add(schema.base() + "#" + anchor);
            }
        }
    }

    private static boolean isSchema(JsonNode value) {
        return value.isObject() || value.isBoolean();
    }

    private Schema add(JsonNode json, String pointer, String base) {
        if (all.size() >= MOST_SCHEMAS) {
            throw StructureException.tooComplex("", "the schema has more than " + MOST_SCHEMAS + " subschemas");
        }
        Schema schema = new Schema(all.size(), json, pointer, base);
        all.add(schema);
        if (json.isObject()) {
            byNode.put(json, schema);
        }
        return schema;
    }

    /** The subschema under a keyword; {@link StructureException} when there is none. */
    Schema child(Schema parent, JsonNode json, String... path) {
        StringBuilder pointer = new StringBuilder(parent.pointer());
        for (String step : path) {
            pointer.append('/').append(escape(step));
        }
        Schema known = byNode.get(json);
        if (known != null) {
            return known;
        }
        if (!isSchema(json)) {
            throw StructureException.invalid(pointer.toString(), "a schema must be an object or a boolean");
        }
        return add(json, pointer.toString(), parent.base());
    }

    /** A schema that stands for a part of another. */
    Schema synthetic(JsonNode json, String pointer) {
        return add(json, pointer, ROOT);
    }

    /** What a reference of a subschema names. */
    Schema resolve(Schema from, String keyword) {
        String reference = from.json().path(keyword).asText("");
        String pointer = from.pointer() + "/" + escape(keyword);
        String address = address(from.base(), reference, pointer);
        if (keyword.equals("$dynamicRef")) {
            String name = address.substring(address.indexOf('#') + 1);
            boolean dynamic = dynamicAddresses.contains(address) && dynamicAnchors.getOrDefault(name, 0) > 1;
            if (dynamic) {
                throw StructureException.unsupported(pointer, "a reference that several dynamic anchors may answer");
            }
        }
        int hash = address.indexOf('#');
        String document = hash < 0 ? address : address.substring(0, hash);
        String fragment = hash < 0 ? "" : address.substring(hash + 1);
        Schema resource = byAddress.get(document);
        if (resource == null) {
            throw StructureException.unsupported(pointer, "a reference to another document, " + reference);
        }
        if (fragment.isEmpty()) {
            return resource;
        }
        if (fragment.startsWith("/")) {
            return walk(resource, decode(fragment, pointer), pointer);
        }
        Schema named = byAddress.get(document + "#" + fragment);
        if (named == null) {
            throw StructureException.invalid(pointer, "the reference " + reference + " leads nowhere");
        }
        return named;
    }

    private Schema walk(Schema resource, String path, String pointer) {
        JsonNode at = resource.json();
        Schema nearest = resource;
        StringBuilder place = new StringBuilder(resource.pointer());
        for (String step : path.substring(1).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            at = at.isArray() && name.matches("\\d{1,6}") ? at.path(Integer.parseInt(name)) : at.path(name);
            place.append('/').append(step);
            nearest = byNode.getOrDefault(at, nearest);
        }
        if (!isSchema(at)) {
            throw StructureException.invalid(pointer, "the reference leads to no schema");
        }
        Schema known = byNode.get(at);
        return known != null ? known : add(at, place.toString(), nearest.base());
    }

    private static String address(String base, String reference, String pointer) {
        try {
            if (reference.startsWith("#")) {
                int hash = base.indexOf('#');
                return (hash < 0 ? base : base.substring(0, hash)) + reference;
            }
            String resolved = URI.create(base).resolve(URI.create(reference)).toString();
            return resolved.endsWith("#") ? resolved.substring(0, resolved.length() - 1) : resolved;
        } catch (IllegalArgumentException e) {
            throw StructureException.invalid(pointer, "'" + reference + "' is no valid address");
        }
    }

    private static String decode(String fragment, String pointer) {
        try {
            return URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw StructureException.invalid(pointer, "'" + fragment + "' is no valid fragment");
        }
    }

    static String escape(String step) {
        return step.replace("~", "~0").replace("/", "~1");
    }
}
