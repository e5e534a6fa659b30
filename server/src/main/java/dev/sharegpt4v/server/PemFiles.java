package dev.sharegpt4v.server;

import io.helidon.common.tls.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server's certificate with those that vouch for it, and its key, both as PEM.
 *
 * @param certificate file, the server's own first
 * @param key file, PKCS#8 without a password
 */
public record PemFiles(Path certificate, Path key) implements TlsFiles {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] PROBE = "sharegpt4v".getBytes(StandardCharsets.US_ASCII);

    /** Kinds of keys, each with a signature that shows whether key and certificate belong together. */
    private static final Map<String, String> KINDS =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    @Override
    public List<Path> files() {
        return List.of(certificate, key);
    }

    @Override
    public Tls read() {
        List<X509Certificate> chain = chain();
        PrivateKey own = privateKey();
        requirePair(chain.getFirst().getPublicKey(), own);
        return Tls.builder().privateKey(own).privateKeyCertChain(chain).build();
    }

    private List<X509Certificate> chain() {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate one : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(certificate)))) {
                chain.add((X509Certificate) one);
            }
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("there is no certificate in " + certificate);
            }
            return chain;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot read the certificate " + certificate + ": " + e.getMessage(), e);
        }
    }

    private PrivateKey privateKey() {
        try {
            Matcher block = KEY.matcher(Files.readString(key, StandardCharsets.US_ASCII));
            if (!block.find()) {
                throw new IllegalArgumentException(
                        key
                                + " holds no key that starts with BEGIN PRIVATE KEY; make one of it: openssl pkcs8 -topk8 -nocrypt");
            }
            PKCS8EncodedKeySpec spec =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
            for (String kind : KINDS.keySet()) {
                try {
                    return KeyFactory.getInstance(kind).generatePrivate(spec);
                } catch (InvalidKeySpecException e) {
                    // It may be of the next kind.
                }
            }
            throw new IllegalArgumentException(key + " holds a key that is neither RSA, EC nor Ed25519");
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the key " + key + ": " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM lacks a kind of keys. This is a bug.", e);
        }
    }

    /** Without this every handshake would fail, and only the callers would know. */
    private void requirePair(PublicKey open, PrivateKey own) {
        try {
            boolean pair = false;
            if (kind(open).equals(kind(own))) {
                Signature signature = Signature.getInstance(kind(own));
                signature.initSign(own);
                signature.update(PROBE);
                byte[] signed = signature.sign();
                signature.initVerify(open);
                signature.update(PROBE);
                pair = signature.verify(signed);
            }
            if (!pair) {
                throw new IllegalArgumentException("the key " + key + " is not that of " + certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key " + key + " cannot sign: " + e.getMessage(), e);
        }
    }

    private static String kind(java.security.Key of) {
        String kind = KINDS.get(of.getAlgorithm());
        return kind == null ? of.getAlgorithm() : kind;
    }
}
