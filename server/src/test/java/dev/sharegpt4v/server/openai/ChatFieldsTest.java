package dev.sharegpt4v.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The one list of members against OpenAI's description, vLLM's request class, and our own table. */
final class ChatFieldsTest {

    /** Of vLLM's ChatCompletionRequest, those that OpenAI does not have. */
    private static final Set<String> VLLM = Set.of(
            "thinking_token_budget",
            "include_reasoning",
            "use_beam_search",
            "top_k",
            "min_p",
            "repetition_penalty",
            "watermarking",
            "length_penalty",
            "stop_token_ids",
            "include_stop_str_in_output",
            "ignore_eos",
            "min_tokens",
            "skip_special_tokens",
            "spaces_between_special_tokens",
            "truncate_prompt_tokens",
            "truncation_side",
            "prompt_logprobs",
            "logprob_token_ids",
            "allowed_token_ids",
            "bad_words",
            "echo",
            "add_generation_prompt",
            "continue_final_message",
            "add_special_tokens",
            "documents",
            "chat_template",
            "chat_template_kwargs",
            "media_io_kwargs",
            "mm_processor_kwargs",
            "structured_outputs",
            "priority",
            "request_id",
            "session_id",
            "return_tokens_as_token_ids",
            "return_token_ids",
            "routed_experts_prompt_start",
            "return_token_offsets",
            "return_prompt_text",
            "return_mm_kwargs",
            "cache_salt",
            "kv_transfer_params",
            "ec_transfer_params",
            "vllm_xargs",
            "repetition_detection",
            "stream_interval");

    /** Of older versions of vLLM. */
    private static final Set<String> OLDER = Set.of(
            "best_of",
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "guided_whitespace_pattern",
            "guided_decoding_backend");

    private static Set<String> of(ChatField.Origin origin) {
        return ChatFields.ALL.stream()
                .filter(field -> field.origin() == origin)
                .map(ChatField::name)
                .collect(Collectors.toSet());
    }

    @Test
    void noMemberIsThereTwice() {
        assertThat(ChatFields.ALL).extracting(ChatField::name).doesNotHaveDuplicates();
    }

    @Test
    void everyMemberOfOpenAisDescriptionIsKnownAndNoOtherIsCalledOpenAis() throws IOException {
        JsonNode schemas = new JsonMapper()
                .readTree(SharedData.path("openai/openapi-chat-subset.json").toFile())
                .at("/components/schemas");
        Set<String> described = members(schemas.path("CreateChatCompletionRequest"), schemas);
        assertThat(described).hasSizeGreaterThan(30);
        assertThat(of(ChatField.Origin.OPENAI)).isEqualTo(described);
    }

    private static Set<String> members(JsonNode schema, JsonNode schemas) {
        if (schema.has("$ref")) {
            return members(schemas.path(schema.path("$ref").asText().replaceFirst(".*/", "")), schemas);
        }
        Set<String> names = new HashSet<>();
        schema.path("allOf").forEach(part -> names.addAll(members(part, schemas)));
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void everyMemberOfVllmsRequestIsKnown() {
        Set<String> expected = new HashSet<>(VLLM);
        expected.addAll(OLDER);
        assertThat(of(ChatField.Origin.VLLM)).isEqualTo(expected);
    }

    @Test
    void theTableOfTheDocumentIsThatOfTheCode() throws IOException {
        List<String> expected =
                new ArrayList<>(List.of("| member | by | honoured | values | meaning |", "|---|---|---|---|---|"));
        ChatFields.ALL.forEach(field -> expected.add(field.row()));
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "api.md"));
        int from = lines.indexOf("<!-- members: ChatFields.java -->") + 1;
        int to = lines.indexOf("<!-- end of members -->");
        assertThat(from).as("the table's place").isPositive();
        assertThat(lines.subList(from, to))
                .as("docs/api.md; the right table is:%n%s", String.join("\n", expected))
                .isEqualTo(expected);
    }
}
