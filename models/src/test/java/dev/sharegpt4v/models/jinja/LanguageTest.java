package dev.sharegpt4v.models.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class LanguageTest {

    static List<JsonNode> cases() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        golden().get("cases").forEach(cases::add);
        return cases;
    }

    private static JsonNode golden() throws IOException {
        try (InputStream in = LanguageTest.class.getResourceAsStream("/jinja/language.json")) {
            return new JsonMapper().readTree(in);
        }
    }

    private static Map<String, Value> variables() throws IOException {
        Map<String, Value> variables = new LinkedHashMap<>();
        golden().get("variables")
                .properties()
                .forEach(entry -> variables.put(entry.getKey(), Json.value(entry.getValue())));
        return variables;
    }

    private static String render(String template) throws IOException {
        return Template.of(template)
                .render(variables(), () -> LocalDateTime.of(2026, 3, 7, 15, 4, 5))
                .chars();
    }

    /** Oracle: jinja2 with transformers' settings; reference/jinja/golden.py. */
    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatJinjaSays(JsonNode expected) throws IOException {
        String template = expected.get("template").textValue();
        if (expected.has("error")) {
            assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
        } else {
            assertThat(render(template)).isEqualTo(expected.get("rendered").textValue());
        }
    }

    @Test
    void datesAreWrittenAsPythonWritesThem() throws IOException {
        assertThat(render("{{ strftime_now('%d %b %Y, %A %-d.%-m.%y %H:%M:%S %I %p %j %%') }}"))
                .isEqualTo("07 Mar 2026, Saturday 7.3.26 15:04:05 03 PM 066 %");
    }
}
