package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.models.catalog.PackageManifest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The decoder's table of token embeddings, read in place from a package's weights. Thread-safe; its bytes stay on disk until
 * they are touched, and are unmapped with it.
 */
public final class EmbeddingTable {

    static final String NAME = "embed_tokens.weight";

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final OnnxType type;
    private final int rows;
    private final int width;

    private EmbeddingTable(MemorySegment bytes, OnnxType type, int rows, int width) {
        this.bytes = bytes;
        this.type = type;
        this.rows = rows;
        this.width = width;
    }

    /**
     * Opens the table of a package.
     *
     * @throws PackageException when the package's decoder has none that can be read
     */
    public static EmbeddingTable open(Path packageFolder) {
        Path graph = packageFolder.resolve(PackageManifest.DECODER_GRAPH);
        try (InputStream input = Files.newInputStream(graph)) {
            TensorProto table = ModelProto.parseFrom(input).getGraph().getInitializerList().stream()
                    .filter(weight -> weight.getName().equals(NAME) && weight.getDimsCount() == 2)
                    .findFirst()
                    .orElseThrow(() -> damaged(graph + " has no " + NAME));
            OnnxType type = type(table.getDataType());
            int rows = Math.toIntExact(table.getDims(0));
            int width = Math.toIntExact(table.getDims(1));
            Map<String, String> place = table.getExternalDataList().stream()
                    .collect(Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
            Path weights = packageFolder.resolve(place.getOrDefault("location", ""));
            long offset = Long.parseLong(place.getOrDefault("offset", "0"));
            return new EmbeddingTable(map(weights, offset, (long) rows * width * type.bytes()), type, rows, width);
        } catch (IOException | ArithmeticException | NumberFormatException e) {
            throw new PackageException(
                    PackageException.Kind.DAMAGED_FILE,
                    "cannot read the token embeddings of " + graph + ": " + e.getMessage(),
                    e);
        }
    }

    private static OnnxType type(int code) {
        for (OnnxType type : new OnnxType[] {OnnxType.FLOAT, OnnxType.FLOAT16, OnnxType.BFLOAT16}) {
            if (type.code() == code) {
                return type;
            }
        }
        throw damaged(NAME + " is of ONNX's type " + code + ", which is none of its floats");
    }

    private static PackageException damaged(String message) {
        return new PackageException(PackageException.Kind.DAMAGED_FILE, message);
    }

    private static MemorySegment map(Path file, long offset, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (offset < 0 || offset + length > channel.size()) {
                throw damaged(file + " ends before the token embeddings do");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length, Arena.ofAuto());
        }
    }

    /** Tokens that have a row. */
    public int rows() {
        return rows;
    }

    /** Channels of a row: the decoder's hidden size. */
    public int width() {
        return width;
    }

    /** The row of a token, widened to float. */
    public float[] row(int token) {
        if (token < 0 || token >= rows) {
            throw new IndexOutOfBoundsException("token " + token + " of " + rows);
        }
        float[] row = new float[width];
        long first = (long) token * width;
        for (int i = 0; i < width; i++) {
            row[i] = switch (type) {
                case FLOAT16 -> Float.float16ToFloat(bytes.get(SHORT, (first + i) * Short.BYTES));
                case BFLOAT16 -> Bfloat16.toFloat(bytes.get(SHORT, (first + i) * Short.BYTES));
                default -> bytes.get(FLOAT, (first + i) * Float.BYTES);
            };
        }
        return row;
    }
}
