package dev.sharegpt4v.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates that vouch for themselves; made by {@code openssl req -x509}, good for nothing but tests. */
public final class Certificates {

    private Certificates() {}

    /** The file of a certificate ({@code pem}) or key ({@code key}). */
    public static Path file(String name, String kind) {
        return Path.of("src/test/resources/tls", name + "." + kind);
    }

    public static Certificate certificate(String name) {
        try (InputStream input = Certificates.class.getResourceAsStream("/tls/" + name + ".pem")) {
            return CertificateFactory.getInstance("X.509").generateCertificate(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server's side, with this certificate. */
    public static SSLContext serving(String name) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", key(name), new char[0], new Certificate[] {certificate(name)});
            KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's side that believes this certificate alone. */
    public static SSLContext trusting(String name) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("known", certificate(name));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its key, where that is of an elliptic curve. */
    public static PrivateKey key(String name) throws IOException, GeneralSecurityException {
        try (InputStream input = Certificates.class.getResourceAsStream("/tls/" + name + ".key")) {
            if (input == null) {
                throw new IOException("no key " + name);
            }
            String pem =
                    new String(input.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----", "");
            return KeyFactory.getInstance("EC")
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
        }
    }
}
