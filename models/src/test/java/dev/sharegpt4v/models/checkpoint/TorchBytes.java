package dev.sharegpt4v.models.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Torch archives made with the JDK's zip writer, which knows nothing of our reader. */
final class TorchBytes {

    static final Path FILE = Path.of("pytorch_model.bin");

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    TorchBytes entry(String name, byte... data) {
        entries.put(name, data);
        return this;
    }

    TorchBytes pickle(byte... data) {
        return entry("archive/data.pkl", data);
    }

    TorchBytes storage(String key, byte... data) {
        return entry("archive/data/" + key, data);
    }

    TorchBytes byteOrder(String order) {
        return entry("archive/byteorder", order.getBytes(StandardCharsets.US_ASCII));
    }

    byte[] stored() {
        return write(ZipEntry.STORED);
    }

    byte[] deflated() {
        return write(ZipEntry.DEFLATED);
    }

    static MappedFile mapped(byte... bytes) {
        return new MappedFile(FILE, MemorySegment.ofArray(bytes));
    }

    private byte[] write(int method) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                CRC32 crc = new CRC32();
                crc.update(entry.getValue());
                header.setMethod(method);
                header.setCrc(crc.getValue());
                header.setSize(entry.getValue().length);
                zip.putNextEntry(header);
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
