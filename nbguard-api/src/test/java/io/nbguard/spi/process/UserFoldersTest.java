package io.nbguard.spi.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nbguard.api.ErrorCode;
import io.nbguard.api.GuardException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UserFoldersTest {

    @Test
    void homeIsWhatTheEnvironmentSaysBeforeThePasswordFile() {
        UserFolders folders = new UserFolders(Map.of("HOME", "/srv/ada"), "/home/ada");

        assertThat(folders.home()).isEqualTo(Path.of("/srv/ada"));
        assertThat(folders.cache()).isEqualTo(Path.of("/srv/ada/.cache"));
        assertThat(folders.config()).isEqualTo(Path.of("/srv/ada/.config"));
        assertThat(new UserFolders(Map.of("HOME", ""), "/home/ada").home()).isEqualTo(Path.of("/home/ada"));
    }

    @Test
    void eachFolderHasAVariableOfItsOwn() {
        UserFolders folders =
                new UserFolders(Map.of("HOME", "/h", "XDG_CACHE_HOME", "/c", "XDG_CONFIG_HOME", "relative"), "?");

        assertThat(folders.cache()).isEqualTo(Path.of("/c"));
        assertThat(folders.config()).isEqualTo(Path.of("/h/.config"));
    }

    @Test
    void aUserWithoutAnyHomeIsToldWhatToSet() {
        UserFolders folders = new UserFolders(Map.of("XDG_CONFIG_HOME", "/f"), "?");

        assertThat(folders.config()).isEqualTo(Path.of("/f"));
        assertThatThrownBy(folders::cache)
                .isInstanceOfSatisfying(
                        GuardException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ENVIRONMENT))
                .hasMessageContaining("no home folder")
                .hasMessageContaining("set HOME, or XDG_CACHE_HOME");
    }
}
