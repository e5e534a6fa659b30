package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.image.Orientation;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import org.junit.jupiter.api.Test;

final class PreparedImagesTest {

    private static PreparedImages.Key key(int file) {
        return PreparedImages.Key.of(new byte[] {(byte) file}, Orientation.APPLY);
    }

    private static ImageInput image(int floats) {
        return new ImageInput(new ContentHash(0, floats), new float[floats], new long[] {floats}, 1);
    }

    @Test
    void aFileIsFoundByItsBytesAndItsOrientation() {
        PreparedImages images = new PreparedImages(1000);
        ImageInput image = image(10);
        images.keep(key(1), image);
        assertThat(images.find(key(1))).containsSame(image);
        assertThat(images.find(key(2))).isEmpty();
        assertThat(images.find(PreparedImages.Key.of(new byte[] {1}, Orientation.IGNORE)))
                .isEmpty();
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() {
        PreparedImages images = new PreparedImages(100);
        images.keep(key(1), image(10));
        images.keep(key(2), image(10));
        images.find(key(1));
        images.keep(key(3), image(10));
        assertThat(images.find(key(1))).isPresent();
        assertThat(images.find(key(2))).isEmpty();
        assertThat(images.find(key(3))).isPresent();
        assertThat(images.bytes()).isEqualTo(80);
    }

    @Test
    void whatIsLargerThanTheLimitIsNotKept() {
        PreparedImages images = new PreparedImages(100);
        images.keep(key(1), image(10));
        images.keep(key(2), image(26));
        assertThat(images.find(key(1))).isPresent();
        assertThat(images.find(key(2))).isEmpty();
        assertThat(images.bytes()).isEqualTo(40);
    }

    @Test
    void theSameFileCountsOnce() {
        PreparedImages images = new PreparedImages(100);
        images.keep(key(1), image(10));
        images.keep(key(1), image(10));
        assertThat(images.bytes()).isEqualTo(40);
    }
}
