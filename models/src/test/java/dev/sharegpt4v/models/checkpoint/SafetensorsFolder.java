package dev.sharegpt4v.models.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Writes a folder with one safetensors file of zeros. */
final class SafetensorsFolder {

    private SafetensorsFolder() {}

    /** Float32 tensors of these shapes, and the tiny configuration. */
    static void write(Path folder, Map<String, long[]> tensors) {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long end = 0;
        for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
            long begin = end;
            end += TinyTensors.bytes(tensor.getValue());
            header.append(",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                    .formatted(tensor.getKey(), list(tensor.getValue()), begin, end));
        }
        try {
            Files.writeString(folder.resolve("config.json"), TinyTensors.CONFIG);
            Files.write(
                    folder.resolve("model.safetensors"),
                    SafetensorsBytes.of(header.append('}').toString(), new byte[Math.toIntExact(end)]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String list(long[] shape) {
        return LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(","));
    }
}
