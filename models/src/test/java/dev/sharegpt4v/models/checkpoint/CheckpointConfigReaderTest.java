package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.image.Preprocessing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CheckpointConfigReaderTest {

    private static final VisionConfig CLIP_LARGE_336 =
            new VisionConfig(1024, 4096, 24, 16, 336, 14, 1e-5, "quick_gelu", -2, false);

    @TempDir
    private Path folder;

    /** The published configuration, keys that say nothing to us left out. */
    private static final String SHAREGPT4V_7B = """
            {"architectures": ["Share4VLlamaForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
            "hidden_size": 4096, "image_aspect_ratio": "pad", "image_grid_pinpoints": null, "intermediate_size": 11008,
            "max_position_embeddings": 4096, "mm_hidden_size": 1024, "mm_projector_type": "mlp2x_gelu",
            "mm_use_im_patch_token": false, "mm_use_im_start_end": false, "mm_vision_select_feature": "patch",
            "mm_vision_select_layer": -2, "mm_vision_tower": "Lin-Chen/ShareGPT4V-7B_Pretrained_vit-large336-l12",
            "model_type": "share4v", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32,
            "pad_token_id": 0, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null,
            "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 32000}""";

    /** The converted LLaVA-1.5-7B's configuration: keys that equal LlamaConfig's defaults are left out. */
    private static final String LLAVA_HF = """
            {"architectures": ["LlavaForConditionalGeneration"], "ignore_index": -100, "image_token_index": 32000,
            "model_type": "llava", "pad_token_id": 32001, "projector_hidden_act": "gelu",
            "text_config": {"_name_or_path": "lmsys/vicuna-7b-v1.5", "max_position_embeddings": 4096,
            "model_type": "llama", "rms_norm_eps": 1e-05, "torch_dtype": "float16", "vocab_size": 32064},
            "tie_word_embeddings": false, "vision_config": {"hidden_size": 1024, "image_size": 336,
            "intermediate_size": 4096, "model_type": "clip_vision_model", "num_attention_heads": 16,
            "num_hidden_layers": 24, "patch_size": 14, "projection_dim": 768, "vocab_size": 32000},
            "vision_feature_layer": -2, "vision_feature_select_strategy": "default", "vocab_size": 32064}""";

    @Test
    void theConfigurationOfShareGpt4vIsReadWhole() {
        ConfigFolder files =
                new ConfigFolder(folder).with("config.json", SHAREGPT4V_7B).with("generation_config.json", """
                        {"bos_token_id": 1, "eos_token_id": 2, "max_length": 4096, "pad_token_id": 0,
                        "temperature": 0.9, "top_p": 0.6}""");

        assertThat(files.read())
                .isEqualTo(new CheckpointConfig(
                        folder.getFileName().toString(),
                        CheckpointConfig.Layout.ORIGINAL,
                        new DecoderConfig(4096, 11_008, 32, 32, 32, 128, 32_000, 4096, 1e-5, 10_000),
                        CLIP_LARGE_336,
                        2,
                        new Preprocessing(true, 336, 336, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD),
                        new GenerationDefaults(
                                Optional.of(0.9), Optional.of(0.6), Optional.empty(), Optional.empty(), List.of(2)),
                        1,
                        2,
                        32_000));
        CheckpointConfigReader reader = new CheckpointConfigReader(folder);
        assertThat(reader.towerName()).contains("Lin-Chen/ShareGPT4V-7B_Pretrained_vit-large336-l12");
        assertThat(reader.tiedHead()).isFalse();
    }

    @Test
    void keysThatTheConvertedLayoutLeavesOutHaveTheirDefaults() {
        CheckpointConfig config =
                new ConfigFolder(folder).with("config.json", LLAVA_HF).read();

        assertThat(config.layout()).isEqualTo(CheckpointConfig.Layout.TRANSFORMERS);
        assertThat(config.decoder())
                .isEqualTo(new DecoderConfig(4096, 11_008, 32, 32, 32, 128, 32_064, 4096, 1e-5, 10_000));
        assertThat(config.vision()).isEqualTo(CLIP_LARGE_336);
        assertThat(config.preprocessing().padToSquare()).isFalse();
        assertThat(config.sampledVocabularySize()).isEqualTo(32_000);
        assertThat(config.generation().endTokens()).containsExactly(2);
    }

    @Test
    void aConvertedConfigurationWithoutVisionHasTheLargeTowerAndOneWithoutSizesTheSmall() {
        CheckpointConfig bare = new ConfigFolder(folder)
                .with("config.json", "{\"model_type\":\"llava\",\"text_config\":{\"vocab_size\":32064}}")
                .read();
        CheckpointConfig empty = new ConfigFolder(folder)
                .with("config.json", "{\"model_type\":\"llava\",\"vision_config\":{}}")
                .read();

        assertThat(bare.vision()).isEqualTo(CLIP_LARGE_336);
        assertThat(bare.sampledVocabularySize()).isEqualTo(32_000);
        assertThat(empty.vision())
                .isEqualTo(new VisionConfig(768, 3072, 12, 12, 224, 32, 1e-5, "quick_gelu", -2, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{'<image>':32000,'<pad>':32001}; 32000",
                "{'<unk>':0,'<s>':1,'</s>':2,'<pad>':31999,'<image>':32000}; 31999",
                "{}; 32000",
            })
    void idsFromTheFirstAddedTokenOnAreNeverSampled(String added, int sampled) {
        CheckpointConfig config = new ConfigFolder(folder)
                .with("config.json", LLAVA_HF)
                .with("added_tokens.json", added.replace('\'', '"'))
                .read();

        assertThat(config.sampledVocabularySize()).isEqualTo(sampled);
    }

    @Test
    void rotaryBasesOfOldAndNewConfigurationsAreFound() {
        String old = LLAVA_HF.replace("\"rms_norm_eps\"", "\"rope_theta\": 5e5, \"rms_norm_eps\"");
        String recent = LLAVA_HF.replace(
                "\"rms_norm_eps\"",
                "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 5e5}, \"rms_norm_eps\"");

        assertThat(new ConfigFolder(folder)
                        .with("config.json", old)
                        .read()
                        .decoder()
                        .ropeTheta())
                .isEqualTo(5e5);
        assertThat(new ConfigFolder(folder)
                        .with("config.json", recent)
                        .read()
                        .decoder()
                        .ropeTheta())
                .isEqualTo(5e5);
    }

    @Test
    void severalEndTokensAreKept() {
        CheckpointConfig config = new ConfigFolder(folder)
                .with("config.json", SHAREGPT4V_7B)
                .with("generation_config.json", "{\"eos_token_id\":[2,29889],\"top_k\":50}")
                .read();

        assertThat(config.generation().endTokens()).containsExactly(2, 29_889);
        assertThat(config.generation().topK()).contains(50);
        assertThat(config.endToken()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"linear, 1", "mlp2x_gelu, 2", "mlp3x_gelu, 3", "identity, 0"})
    void projectorTypesTellTheirLinearLayers(String type, int layers) {
        String json = SHAREGPT4V_7B.replace("mlp2x_gelu", type);

        assertThat(new ConfigFolder(folder).with("config.json", json).read().projectorLayers())
                .isEqualTo(layers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"hidden_size\": 4096; \"hidden_size\": -4096; hidden_size",
                "\"hidden_size\": 4096; \"hidden_size\": 0; hidden_size",
                "\"hidden_size\": 4096; \"hidden_size\": 4000; head",
                "\"hidden_size\": 4096; \"hidden_size\": 4097; divide",
                "\"hidden_size\": 4096; \"hidden_size\": 1e300; hidden_size",
                "\"hidden_size\": 4096; \"hidden_size\": \"4096\"; hidden_size",
                "\"num_hidden_layers\": 32; \"num_hidden_layers\": 2147483647; num_hidden_layers",
                "\"num_hidden_layers\": 32; \"num_hidden_layers\": 99999999999999999999; num_hidden_layers",
                "\"num_key_value_heads\": 32; \"num_key_value_heads\": 5; key/value",
                "\"vocab_size\": 32000; \"vocab_size\": 2000000000; vocab_size",
                "\"vocab_size\": 32000; \"vocab_size\": 1; token_id",
                "\"max_position_embeddings\": 4096; \"max_position_embeddings\": 16777216; max_position",
                "\"rms_norm_eps\": 1e-05; \"rms_norm_eps\": 0; rms_norm_eps",
                "\"rms_norm_eps\": 1e-05; \"rms_norm_eps\": 1e999; rms_norm_eps",
                "\"rope_scaling\": null; \"rope_scaling\": {\"type\":\"linear\",\"factor\":2}; rotary scaling",
                "\"bos_token_id\": 1; \"bos_token_id\": 32000; bos_token_id",
                "\"eos_token_id\": 2; \"eos_token_id\": -1; eos_token_id",
                "\"eos_token_id\": 2; \"eos_token_id\": []; eos_token_id",
                "\"hidden_act\": \"silu\"; \"hidden_act\": \"gelu\"; activation",
                "\"use_cache\": true; \"attention_bias\": true; biases",
                "\"use_cache\": true; \"quantization_config\": {}; quantised",
                "\"mm_use_im_start_end\": false; \"mm_use_im_start_end\": true; mm_use_im_start_end",
                "mlp2x_gelu; mlp0x_gelu; projector type",
                "mlp2x_gelu; qformer; projector type",
                "\"patch\"; \"cls\"; vision features",
                "\"mm_vision_select_layer\": -2; \"mm_vision_select_layer\": -26; no layer -26",
                "\"mm_vision_select_layer\": -2; \"mm_vision_select_layer\": 25; no layer 25",
                "\"mm_vision_select_layer\": -2; \"mm_vision_select_layer\": [-2]; mm_vision_select_layer",
                "\"pad\"; \"anyres\"; image_aspect_ratio",
                "\"share4v\"; \"qwen2_vl\"; model type qwen2_vl",
                "\"share4v\"; 3; model_type",
            })
    void impossibleConfigurationsAreRefusedByTheKey(String good, String bad, String message) {
        assertThat(SHAREGPT4V_7B).contains(good);
        ConfigFolder files = new ConfigFolder(folder).with("config.json", SHAREGPT4V_7B.replace(good, bad));

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(files::read)
                .withMessageContainingAll("config.json", message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"temperature\":-1}; temperature",
                "{\"temperature\":\"hot\"}; temperature",
                "{\"top_p\":1.5}; top_p",
                "{\"top_k\":-3}; top_k",
                "{\"repetition_penalty\":0}; repetition_penalty",
                "{\"eos_token_id\":\"2\"}; eos_token_id",
                "{\"eos_token_id\":[2,99999]}; eos_token_id",
                "{\"eos_token_id\":[2.5]}; eos_token_id",
                "[]; JSON object",
                "{; JSON",
                "{\"a\":1,\"a\":2}; JSON",
            })
    void impossibleSamplingDefaultsAreRefused(String json, String message) {
        ConfigFolder files =
                new ConfigFolder(folder).with("config.json", SHAREGPT4V_7B).with("generation_config.json", json);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(files::read)
                .withMessageContainingAll("generation_config.json", message);
    }
}
