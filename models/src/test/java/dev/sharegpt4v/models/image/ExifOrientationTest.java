package dev.sharegpt4v.models.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All eight orientations in all three containers and both byte orders, against EXIF's own words for them. */
final class ExifOrientationTest {

    private static final String LITTLE = "12010300010000000100";
    private static final String BIG = "01120003000000010001";

    /** EXIF 2.32, tag 0x0112: at which visual side the 0th row is, and at which the 0th column. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "1, top,    left",
        "2, top,    right",
        "3, bottom, right",
        "4, bottom, left",
        "5, left,   top",
        "6, right,  top",
        "7, right,  bottom",
        "8, left,   bottom",
    })
    void everyOrientationTurnsEveryContainersPictureUpright(int orientation, String row, String column)
            throws IOException {
        for (String container : new String[] {"jpeg", "png", "webp"}) {
            for (String order : new String[] {"II", "MM"}) {
                byte[] file = file("exif-1-" + order + "." + container, order, orientation);
                RgbImage stored = ImageDecoder.decode(file, ImageLimits.DEFAULT, Orientation.IGNORE);
                RgbImage seen = ImageDecoder.decode(file, ImageLimits.DEFAULT, Orientation.APPLY);
                RgbImage expected = upright(stored, row, column);
                assertThat(seen.width()).isEqualTo(expected.width());
                assertThat(seen.height()).isEqualTo(expected.height());
                assertThat(Arrays.equals(seen.rgb(), expected.rgb()))
                        .as(container + " " + order)
                        .isTrue();
            }
        }
    }

    private static RgbImage upright(RgbImage stored, String row, String column) {
        boolean turned = row.equals("left") || row.equals("right");
        int width = turned ? stored.height() : stored.width();
        int height = turned ? stored.width() : stored.height();
        byte[] rgb = new byte[3 * width * height];
        for (int r = 0; r < stored.height(); r++) {
            for (int c = 0; c < stored.width(); c++) {
                int along = turned ? r : c;
                int down = turned ? c : r;
                String sideAcross = turned ? row : column;
                String sideDown = turned ? column : row;
                int x = sideAcross.equals("left") ? along : width - 1 - along;
                int y = sideDown.equals("top") ? down : height - 1 - down;
                System.arraycopy(stored.rgb(), 3 * (r * stored.width() + c), rgb, 3 * (y * width + x), 3);
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** A file of Pillow's with another value in its one EXIF entry. */
    private static byte[] file(String name, String order, int orientation) throws IOException {
        String golden = new JsonMapper()
                .readTree(ExifOrientationTest.class.getResourceAsStream("/image/formats.json"))
                .path(name)
                .path("file")
                .textValue();
        byte[] file = Base64.getDecoder().decode(golden);
        String hex = HexFormat.of().formatHex(file);
        String entry = order.equals("II") ? LITTLE : BIG;
        int at = hex.indexOf(entry) / 2;
        assertThat(hex.indexOf(entry)).as(name).isPositive().isEven();
        file[at + (order.equals("II") ? 8 : 9)] = (byte) orientation;
        int chunk = hex.indexOf(HexFormat.of().formatHex("eXIf".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        if (name.endsWith(".png")) {
            int type = chunk / 2;
            int length = ByteBuffer.wrap(file).getInt(type - 4);
            CRC32 sum = new CRC32();
            sum.update(file, type, length + 4);
            ByteBuffer.wrap(file).putInt(type + 4 + length, (int) sum.getValue());
        }
        return file;
    }
}
