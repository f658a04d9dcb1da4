package io.nbguard.examples;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The classes of all modules without their tests, read once for all tests: that takes seconds. */
final class ProductClasses {

    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.nbguard");

    private ProductClasses() {}

    /** Returns the classes of a package and of those below it. */
    static JavaClasses of(String name) {
        return ALL.that(JavaClass.Predicates.resideInAPackage(name + ".."));
    }
}
