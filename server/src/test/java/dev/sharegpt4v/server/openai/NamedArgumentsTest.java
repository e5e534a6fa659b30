package dev.sharegpt4v.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamedArgumentsTest {

    @Test
    void objectsThatNamePropertiesHoldNoOthers() {
        String schema = """
                {"type": "object", "properties": {"properties": {"$ref": "#/$defs/a"}, "enum": {"type": "array",
                   "items": {"anyOf": [{"type": "object", "properties": {"b": {}}}, {"type": "null"}]}}},
                 "$defs": {"a": {"type": "object", "properties": {"allOf": true}}}}
                """;
        String closed = """
                {"type": "object", "properties": {"properties": {"$ref": "#/$defs/a"}, "enum": {"type": "array",
                   "items": {"anyOf": [{"type": "object", "properties": {"b": {}}, "additionalProperties": false},
                                       {"type": "null"}]}}},
                 "$defs": {"a": {"type": "object", "properties": {"allOf": true}, "additionalProperties": false}},
                 "additionalProperties": false}
                """;
        assertThat(NamedArguments.close(Golden.parse(schema))).isEqualTo(Golden.parse(closed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"properties\": {\"a\": {}}, \"additionalProperties\": true}",
                "{\"properties\": {\"a\": {}}, \"patternProperties\": {\"^x\": {}}}",
                "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}}",
                "{\"allOf\": [{\"properties\": {\"a\": {}}}, {\"properties\": {\"b\": {}}}]}",
                "{\"properties\": {\"a\": {}}, \"anyOf\": [{\"required\": [\"b\"]}, {\"required\": [\"c\"]}]}",
                "{\"properties\": {\"a\": {\"not\": {\"properties\": {\"b\": {}}}}}}",
                "{\"type\": \"object\"}",
                "true"
            })
    void whatSaysSoOrPutsSchemasTogetherStaysAsItIs(String schema) {
        assertThat(NamedArguments.close(Golden.parse(schema))).isEqualTo(Golden.parse(schema));
    }
}
