package dev.sharegpt4v.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The schemas of an OpenAPI 3.1 document, whose dialect is that of JSON Schema 2020-12. */
public final class Schemas {

    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode document;
    private final Map<String, JsonSchema> read = new ConcurrentHashMap<>();

    public Schemas(JsonNode document) {
        this.document = document;
    }

    /** Requires a value to be as the schema of this name says. */
    public void check(String name, JsonNode value) {
        assertThat(document.at("/components/schemas/" + name).isObject())
                .as(name)
                .isTrue();
        assertThat(read.computeIfAbsent(name, this::schema).validate(value))
                .as(name + ": " + value)
                .isEmpty();
    }

    private JsonSchema schema(String name) {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("$ref", "#/components/schemas/" + name);
        root.set("components", JSON.createObjectNode().set("schemas", document.at("/components/schemas")));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(root);
    }
}
