package io.nbguard.cgroup.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTextTest {

    private final KernelText text = new KernelText(256);

    @Test
    void readsNumbersOneAfterTheOther() {
        text.set("17 \t-4 0\n");

        assertThat(text.parseLong()).isEqualTo(17);
        assertThat(text.parseLong()).isEqualTo(-4);
        assertThat(text.parseLong()).isZero();
        assertThat(text.atLineEnd()).isTrue();
    }

    @Test
    void readsTheLargestNumberAndRefusesALargerOne() {
        text.set("9223372036854775807");
        assertThat(text.parseLong()).isEqualTo(Long.MAX_VALUE);

        text.set("9223372036854775808");
        assertThatThrownBy(text::parseLong).isInstanceOf(NumberFormatException.class);
        text.position(0);
        assertThat(text.parseLongOr(-1)).isEqualTo(-1);
    }

    @Test
    void whatIsNoNumberIsSaidOrReplaced() {
        text.set("max\n");

        assertThatThrownBy(text::parseLong)
                .isInstanceOf(NumberFormatException.class)
                .hasMessageContaining("max");
        assertThat(text.parseLongOr(-7)).isEqualTo(-7);
        assertThat(text.position()).isZero();
    }

    @Test
    void aLoneMinusAndAnEmptyTextAreNoNumbers() {
        text.set("-");
        assertThat(text.parseLongOr(5)).isEqualTo(5);
        text.set("");
        assertThat(text.parseLongOr(5)).isEqualTo(5);
        assertThat(text.atEnd()).isTrue();
        assertThat(text.atLineEnd()).isTrue();
    }

    @Test
    void aNumberWithSomethingBehindItIsNotAtItsLinesEnd() {
        text.set("12abc\n");

        assertThat(text.parseLong()).isEqualTo(12);
        assertThat(text.atLineEnd()).isFalse();
    }

    @Test
    void keysAreFoundByTheirWholeNameWhereverTheyStand() {
        text.set("active_file 1\ninactive_file 2\nfile_dirty:\t3\nfile 4\n");

        assertThat(text.seekKey(bytes("file"))).isTrue();
        assertThat(text.parseLong()).isEqualTo(4);
        assertThat(text.seekKey(bytes("file_dirty"))).isTrue();
        assertThat(text.parseLong()).isEqualTo(3);
        assertThat(text.seekKey(bytes("active_file"))).isTrue();
        assertThat(text.parseLong()).isEqualTo(1);
        assertThat(text.seekKey(bytes("fil"))).isFalse();
        assertThat(text.seekKey(bytes("file_dirt"))).isFalse();
    }

    @Test
    void fieldsAndLinesAreSkipped() {
        text.set("a b c\nd e\n");

        text.skipFields(2);
        assertThat(text.startsWith(bytes("c\n"))).isTrue();
        text.nextLine();
        assertThat(text.startsWith(bytes("d e"))).isTrue();
        text.nextLine();
        assertThat(text.atEnd()).isTrue();
        text.nextLine();
        assertThat(text.atEnd()).isTrue();
    }

    @Test
    void theLastClosingBracketIsTheOneThatEndsACommand() {
        text.set("7 (a) b) S 1");

        assertThat(text.seekAfterLast(')')).isTrue();
        assertThat(text.startsWith(bytes(" S"))).isTrue();
        assertThat(text.seekAfterLast('!')).isFalse();
    }

    @Test
    void aTextThatFillsTheRoomSaysSo() {
        KernelText small = new KernelText(4);

        small.set("abc");
        assertThat(small.isFull()).isFalse();
        small.set("abcdef");
        assertThat(small.isFull()).isTrue();
        assertThat(small.length()).isEqualTo(4);
        assertThat(small.capacity()).isEqualTo(4);
        assertThat(small).hasToString("abcd");
    }

    @Test
    void aFileIsReadAgainFromItsStartAndForgetsWhatWasThere(@TempDir Path directory) throws IOException {
        Path path = Files.writeString(directory.resolve("f"), "123456\n");
        try (KernelFile file = KernelFile.open(path)) {
            file.read(text);
            assertThat(text.parseLong()).isEqualTo(123456);

            Files.writeString(path, "9\n");
            file.read(text);
            assertThat(text).hasToString("9\n");
            assertThat(text.parseLong()).isEqualTo(9);
        }
    }

    /** The kernel hands this file out in pieces of whole lines, each a little shorter than a page. */
    @Test
    void aLongFileOfTheKernelIsReadToItsEnd() throws IOException {
        KernelText room = new KernelText(4 << 20);
        try (KernelFile file = KernelFile.open(Path.of("/proc/self/maps"))) {
            file.read(room);
        }

        assertThat(room.length()).isGreaterThan(2 * 4096);
        assertThat(room.toString()).contains("[stack]").endsWith("\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
