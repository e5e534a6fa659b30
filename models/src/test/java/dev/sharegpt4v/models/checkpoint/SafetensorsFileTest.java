package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsFileTest {

    @Test
    void everyFloatingTypeIsWidenedToFloat() {
        byte[] data = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(-0.1)
                .putFloat(1e-40f)
                .putShort(Float.floatToFloat16(65_504f))
                .putShort((short) (Float.floatToRawIntBits(-3e38f) >>> 16))
                .array();
        Map<String, MappedTensor> tensors = read("""
                {"d":{"dtype":"F64","shape":[],"data_offsets":[0,8]},
                 "f":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},
                 "h":{"dtype":"F16","shape":[1,1],"data_offsets":[12,14]},
                 "b":{"dtype":"BF16","shape":[1],"data_offsets":[14,16]}}""", data);

        assertThat(floats(tensors, "d")).containsExactly(-0.1f);
        assertThat(floats(tensors, "f")).containsExactly(1e-40f);
        assertThat(floats(tensors, "h")).containsExactly(65_504f);
        assertThat(floats(tensors, "b"))
                .containsExactly(Float.intBitsToFloat(Float.floatToRawIntBits(-3e38f) & 0xFFFF_0000));
    }

    @Test
    void entriesMayStandInAnyOrderWithMetadataAndPadding() {
        Map<String, MappedTensor> tensors = read("""
                {"second":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"__metadata__":{"format":"pt"},
                 "empty":{"dtype":"F32","shape":[0,4],"data_offsets":[3,3]},
                 "first":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""" + "   ", new byte[3]);

        assertThat(tensors.keySet()).containsExactly("first", "second", "empty");
        assertThat(tensors)
                .extractingByKey("empty")
                .extracting(MappedTensor::elements)
                .isEqualTo(0L);
    }

    @Test
    void integersAreNotReadAsWeights() {
        Map<String, MappedTensor> tensors =
                read("{\"ids\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]);

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> floats(tensors, "ids"))
                .withMessageContainingAll("weights.safetensors", "ids", "I32");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, 3})
    void headerLengthsThatCannotBeAreRefused(long length) {
        refused(SafetensorsBytes.claiming(length, "{}")).withMessageContaining("header of");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                " {}",
                "{",
                "{}{}",
                "{}\0",
                "{\"a\":3}",
                "{\"a\":{}}",
                "{\"a\":[{}]}",
                "{\"__metadata__\":{\"a\":{}}}",
                "{\"__metadata__\":3}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
                        + "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"
            })
    void headersThatAreNoMapOfTensorsAreRefused(String header) {
        refused(SafetensorsBytes.of(header)).withMessageContaining("header");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'F32'; [1]; [0,3]; does not take",
                "'F32'; [2]; [0,4]; does not take",
                "'F32'; [1]; [4,8]; hole",
                "'F32'; [1]; [4,0]; hole",
                "'F32'; [2]; [0,8]; beyond the file",
                "'U8'; [3]; [0,3]; belong to no tensor",
                "'U8'; [9223372036854775807]; [0,9223372036854775807]; beyond the file",
                "'F32'; [4611686018427387904,4]; [0,4]; overflows",
                "'F32'; [-1]; [0,4]; malformed",
                "'F32'; [1.0]; [0,4]; malformed",
                "'F32'; [1e0]; [0,4]; malformed",
                "'F32'; ['1']; [0,4]; malformed",
                "'F32'; [99999999999999999999]; [0,4]; header",
                "'F32'; [1,1,1,1,1,1,1,1,1]; [0,4]; malformed",
                "'F32'; [1]; [0,4,4]; malformed",
                "'F32'; [1]; [0]; malformed",
                "'F32'; [1]; {'a':0,'b':4}; malformed",
                "'F8_E4M3'; [4]; [0,4]; F8_E4M3",
                "3; [4]; [0,4]; not supported",
                "'F32'; [1]; [0,4],'extra':1; malformed",
            },
            quoteCharacter = '`')
    void wrongEntriesAreRefusedByTheTensorsName(String type, String shape, String offsets, String message) {
        String header = "{'guilty':{'dtype':%s,'shape':%s,'data_offsets':%s}}".formatted(type, shape, offsets);

        refused(SafetensorsBytes.of(header.replace('\'', '"'), new byte[4])).withMessageContaining(message);
    }

    @Test
    void overlappingTensorsAreRefused() {
        String header = """
                {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},
                 "b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""";

        refused(SafetensorsBytes.of(header, new byte[4])).withMessageContainingAll("tensor b", "overlaps");
    }

    @Test
    void headersOfCountlessTensorsAreRefused() {
        StringBuilder header = new StringBuilder("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        for (int i = 0; i < 100_000; i++) {
            header.append(",\"").append(i).append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        refused(SafetensorsBytes.of(header.append('}').toString())).withMessageContaining("more tensors");
    }

    private static Map<String, MappedTensor> read(String header, byte[] data) {
        return SafetensorsFile.read(SafetensorsBytes.mapped(SafetensorsBytes.of(header, data)));
    }

    private static float[] floats(Map<String, MappedTensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name)).toFloats();
    }

    private static ThrowableAssertAlternative<CheckpointException> refused(byte[] file) {
        return assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SafetensorsFile.read(SafetensorsBytes.mapped(file)))
                .withMessageContaining("weights.safetensors");
    }
}
