package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.PackageFile;
import dev.sharegpt4v.runtime.execution.ContentHash;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** What stands as {@code system_fingerprint}: the same wherever the same package is served by the same version. */
final class Fingerprint {

    private static final int BYTES = 6;

    private Fingerprint() {}

    /** Of the files of a package, in any order, and a version of the server. */
    static String of(List<PackageFile> files, String version) {
        MessageDigest digest = ContentHash.newDigest();
        files.stream().sorted(Comparator.comparing(PackageFile::name)).forEach(file -> {
            digest.update(file.name().getBytes(StandardCharsets.UTF_8));
            digest.update((" " + file.sha256() + "\n").getBytes(StandardCharsets.UTF_8));
        });
        byte[] hash = digest.digest(version.getBytes(StandardCharsets.UTF_8));
        return "fp_" + HexFormat.of().formatHex(hash, 0, BYTES);
    }
}
