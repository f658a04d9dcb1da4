package io.nbguard.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParagraphTest {

    private static List<String> hanging(String text, int width) {
        return Paragraph.hanging(Line.of("→ "), text, Style.PLAIN, width).stream()
                .map(Line::plain)
                .toList();
    }

    @Test
    void linesAreBrokenBetweenWordsAndIndentedLikeTheFirst() {
        assertThat(hanging("boot the machine with another command line", 24))
                .containsExactly("→ boot the machine with", "  another command line");
    }

    @Test
    void aWordThatIsTooLongIsLeftWhole() {
        assertThat(hanging("see /a/path/that/is/longer/than/the/screen now", 24))
                .containsExactly("→ see", "  /a/path/that/is/longer/than/the/screen", "  now");
    }

    @Test
    void whereThereIsRoomNothingIsBroken() {
        assertThat(hanging("boot the machine\nwith another command line", Integer.MAX_VALUE))
                .containsExactly("→ boot the machine with another command line");
        assertThat(hanging("", 24)).containsExactly("→ ");
    }
}
