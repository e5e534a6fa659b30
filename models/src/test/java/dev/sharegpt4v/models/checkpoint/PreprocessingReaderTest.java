package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.image.Preprocessing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PreprocessingReaderTest {

    private static final String ORIGINAL = "{\"model_type\":\"llava\",\"image_aspect_ratio\":\"pad\"}";
    private static final String CONVERTED = "{\"model_type\":\"llava\",\"text_config\":{}}";

    @TempDir
    private Path folder;

    @Test
    void imagesOfTheOriginalLayoutArePaddedWhereItSaysSo() {
        assertThat(files(ORIGINAL).read().preprocessing().padToSquare()).isTrue();
        assertThat(files(ORIGINAL.replace("\"pad\"", "null"))
                        .read()
                        .preprocessing()
                        .padToSquare())
                .isFalse();
        assertThat(files("{\"model_type\":\"llava\"}").read().preprocessing().padToSquare())
                .isFalse();
    }

    @Test
    void convertedCheckpointsPadOnlyWhereTheProcessorSaysSo() {
        String crop = "{\"size\":{\"shortest_edge\":336},\"crop_size\":{\"height\":336,\"width\":336}}";

        assertThat(files(CONVERTED)
                        .with("preprocessor_config.json", crop)
                        .read()
                        .preprocessing())
                .isEqualTo(new Preprocessing(false, 336, 336, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD));
        assertThat(files(CONVERTED)
                        .with("preprocessor_config.json", "{\"do_pad\":true}")
                        .read()
                        .preprocessing()
                        .padToSquare())
                .isTrue();
    }

    @Test
    void theProcessorMayStandInsideTheWholeProcessorsFile() {
        Preprocessing preprocessing = files(CONVERTED)
                .with(
                        "processor_config.json",
                        "{\"image_processor\":{\"size\":{\"shortest_edge\":400},\"image_mean\":[0.5,0.25,0],"
                                + "\"image_std\":[1,2,3]}}")
                .read()
                .preprocessing();

        assertThat(preprocessing)
                .isEqualTo(new Preprocessing(false, 400, 336, List.of(0.5, 0.25, 0.0), List.of(1.0, 2.0, 3.0)));
    }

    @Test
    void oldProcessorsGiveNumbers() {
        assertThat(files(CONVERTED)
                        .with("preprocessor_config.json", "{\"size\":340,\"crop_size\":336}")
                        .read()
                        .preprocessing()
                        .shortestEdge())
                .isEqualTo(340);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"image_std\":[0,1,1]}; image_std",
                "{\"image_std\":[-1,1,1]}; image_std",
                "{\"image_std\":[1,1]}; image_std",
                "{\"image_std\":\"1\"}; image_std",
                "{\"image_mean\":[\"a\",1,1]}; image_mean",
                "{\"image_mean\":[1e999,1,1]}; image_mean",
                "{\"size\":{\"shortest_edge\":0}}; shortest_edge",
                "{\"size\":{\"shortest_edge\":1000000000}}; shortest_edge",
                "{\"size\":{\"shortest_edge\":224}}; does not fit",
                "{\"size\":{\"height\":336,\"width\":336}}; pads nor crops",
                "{\"crop_size\":{\"height\":336,\"width\":300}}; not a square",
                "{\"crop_size\":224}; does not fit",
                "{\"do_center_crop\":false}; pads nor crops",
                "{\"do_resize\":false}; do_resize",
                "{\"do_normalize\":false}; do_normalize",
                "{\"do_rescale\":0}; do_rescale",
                "{\"resample\":2}; bicubically",
                "{\"rescale_factor\":1}; 1/255",
            })
    void stepsThatTheFamilyDoesNotTakeAreRefused(String processor, String message) {
        ConfigFolder files = files(CONVERTED).with("preprocessor_config.json", processor);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(files::read)
                .withMessageContainingAll("preprocessor_config.json", message);
    }

    private ConfigFolder files(String config) {
        return new ConfigFolder(folder).with("config.json", config);
    }
}
