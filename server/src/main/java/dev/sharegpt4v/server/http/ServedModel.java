package dev.sharegpt4v.server.http;

import dev.sharegpt4v.models.chat.PromptBuilder;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.ImageProcessor;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Engine;

/**
 * Everything the endpoints need of a model.
 *
 * @param name it is served under
 * @param tokenizer text to ids and back
 * @param prompts conversations to prompts
 * @param embeddings of single tokens
 * @param images pixels to inputs
 * @param imageFeatureRows prompt positions of an image
 * @param defaults sampling values where a request gives none, and the end tokens
 * @param positions that prompt and completion may take together: the context, or the whole KV cache where that is smaller
 * @param engine that runs it
 * @param constraints forms that answers may be asked for
 * @param templates which make prompts of chats
 */
public record ServedModel(
        String name,
        Tokenizer tokenizer,
        PromptBuilder prompts,
        TokenEmbeddings embeddings,
        ImageProcessor images,
        int imageFeatureRows,
        GenerationDefaults defaults,
        int positions,
        Engine engine,
        Constraints constraints,
        TemplateRules templates) {}
