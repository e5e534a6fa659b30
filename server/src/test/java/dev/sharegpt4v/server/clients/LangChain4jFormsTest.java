package dev.sharegpt4v.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.AiServices;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions and answers of a form through LangChain4j, also by its services. */
@Timeout(60) // Only to end a hang.
final class LangChain4jFormsTest {

    private static final String SAID = "a red circle";
    private static final ScriptedServer SERVER = new ScriptedServer(SAID);

    enum Colour {
        RED,
        BLUE
    }

    record Scene(Colour colour, boolean large) {}

    /** What a program asks of the model. */
    interface Painter {
        String paint(String wish);
    }

    interface Describer {
        Scene describe(String what);
    }

    /** Keeps what it is called with. */
    static final class Brush {
        private final List<Colour> painted = new ArrayList<>();

        @Tool("Paints it.")
        String paint(@P("which") Colour colour) {
            painted.add(colour);
            return "it is painted";
        }
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static OpenAiChatModel.OpenAiChatModelBuilder model() {
        return OpenAiChatModel.builder()
                .baseUrl("http://127.0.0.1:" + SERVER.port() + "/v1")
                .apiKey("none")
                .modelName(ScriptedServer.MODEL)
                .temperature(0.0)
                .maxTokens(200)
                .maxRetries(0);
    }

    private static ChatRequest request(ChatRequestParameters parameters) {
        return ChatRequest.builder()
                .messages(UserMessage.from("What?"))
                .parameters(parameters)
                .build();
    }

    private static ChatRequest paint() {
        return request(ChatRequestParameters.builder()
                .toolSpecifications(ToolSpecification.builder()
                        .name("paint")
                        .parameters(JsonObjectSchema.builder()
                                .addEnumProperty("colour", List.of("RED", "BLUE"))
                                .required("colour")
                                .build())
                        .build())
                .toolChoice(ToolChoice.REQUIRED)
                .build());
    }

    @Test
    void itCallsFunctionsWholeAndStreamed() throws Exception {
        StreamedAnswer told = new StreamedAnswer();
        OpenAiStreamingChatModel.builder()
                .baseUrl("http://127.0.0.1:" + SERVER.port() + "/v1")
                .apiKey("none")
                .modelName(ScriptedServer.MODEL)
                .temperature(0.0)
                .build()
                .chat(paint(), told);
        List<ToolExecutionRequest> calls = new ArrayList<>();
        for (ChatResponse answer :
                List.of(model().build().chat(paint()), told.response().get())) {
            assertThat(answer.finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
            calls.addAll(answer.aiMessage().toolExecutionRequests());
        }
        assertThat(calls).hasSize(2).allSatisfy(call -> {
            assertThat(call.name()).isEqualTo("paint");
            assertThat(Golden.parse(call.arguments()).path("colour").asText()).isIn("RED", "BLUE");
        });
        assertThat(calls.getFirst().arguments()).isEqualTo(calls.getLast().arguments());
    }

    @Test
    void itsServicesRunFunctionsAndTellTheModelWhatCameOfIt() {
        Brush brush = new Brush();
        Painter painter = AiServices.builder(Painter.class)
                .chatModel(model().build())
                .tools(brush)
                .chatRequestTransformer(LangChain4jFormsTest::requiredAtFirst)
                .build();
        assertThat(painter.paint("Paint it.")).isEqualTo(SAID);
        assertThat(brush.painted).hasSize(1);
        assertThat(SERVER.prompts()).contains("Result of paint: it is painted");
    }

    /** A call first, then words. */
    private static ChatRequest requiredAtFirst(ChatRequest request) {
        boolean called = request.messages().stream().anyMatch(ToolExecutionResultMessage.class::isInstance);
        return called
                ? request
                : ChatRequest.builder()
                        .messages(request.messages())
                        .parameters(ChatRequestParameters.builder()
                                .overrideWith(request.parameters())
                                .toolChoice(ToolChoice.REQUIRED)
                                .build())
                        .build();
    }

    @Test
    void itGetsInstancesOfASchema() {
        ResponseFormat format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name("scene")
                        .rootElement(JsonObjectSchema.builder()
                                .addEnumProperty("colour", List.of("RED", "BLUE"))
                                .required("colour")
                                .additionalProperties(false)
                                .build())
                        .build())
                .build();
        // Only strict schemas of its own say that there are no other properties.
        ChatResponse answer = model().strictJsonSchema(true)
                .build()
                .chat(request(
                        ChatRequestParameters.builder().responseFormat(format).build()));
        assertThat(Golden.parse(answer.aiMessage().text()).path("colour").asText())
                .isIn("RED", "BLUE");
    }

    @Test
    void itsServicesGiveObjects() {
        Describer describer = AiServices.builder(Describer.class)
                .chatModel(model().supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                        .strictJsonSchema(true)
                        .build())
                .build();
        assertThat(describer.describe("What is there?").colour()).isIn((Object[]) Colour.values());
    }
}
