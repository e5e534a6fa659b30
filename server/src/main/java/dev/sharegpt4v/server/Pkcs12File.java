package dev.sharegpt4v.server;

import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A PKCS#12 file with one key and its certificates.
 *
 * @param file that holds both
 * @param password of the file and of the key
 */
public record Pkcs12File(Path file, String password) implements TlsFiles {

    @Override
    public List<Path> files() {
        return List.of(file);
    }

    @Override
    public Tls read() {
        try (InputStream input = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(input, password.toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                Key key = store.getKey(alias, password.toCharArray());
                Certificate[] chain = store.getCertificateChain(alias);
                if (key instanceof PrivateKey own && chain != null) {
                    List<X509Certificate> certificates = new ArrayList<>();
                    for (Certificate one : chain) {
                        certificates.add((X509Certificate) one);
                    }
                    return Tls.builder()
                            .privateKey(own)
                            .privateKeyCertChain(certificates)
                            .build();
                }
            }
            throw new IllegalArgumentException("there is no key with a certificate in " + file);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot read " + file + " with its password: " + e.getMessage(), e);
        }
    }

    /** The password is nobody's to see. */
    @Override
    public String toString() {
        return "Pkcs12File[" + file + "]";
    }
}
