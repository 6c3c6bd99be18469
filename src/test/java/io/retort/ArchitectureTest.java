package io.retort;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import io.retort.storage.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, and the heavy libraries stay behind their seams. */
class ArchitectureTest {
    /** A package may use those to its left: later ones stand on earlier ones. */
    private static final List<String> FROM_THE_BOTTOM_UP = List.of(
            "storage",
            "config",
            "network",
            "predict",
            "engine",
            "spark",
            "data",
            "label",
            "evaluate",
            "distill",
            "compress",
            "export",
            "registry",
            "report",
            "teacher",
            "recipe",
            "plan",
            "run",
            "retrain",
            "ml",
            "junit",
            "clean",
            "scaling",
            "search",
            "cli");

    /** Where jobs are started; everything else can be used without Spark. */
    private static final String[] ROOMS_OF_SPARK = Stream.of(
                    "spark",
                    "data.source",
                    "data.shard",
                    "label",
                    "distill",
                    "compress",
                    "evaluate",
                    "run",
                    "retrain",
                    "ml",
                    "junit",
                    "scaling",
                    "search",
                    "cli")
            .map(room -> "io.retort." + room + "..")
            .toArray(String[]::new);

    /**
     * What of Scala may be named: types that are the same in 2.12, for which this is compiled, and in 2.13, which Spark
     * 4 has. A sequence is not among them: {@code Seq} in a signature is another type there, and such a call does not
     * link. Whether the methods are there, too, {@code Spark4IT} shows.
     */
    private static final Set<String> SCALA_OF_BOTH_VERSIONS = Set.of(
            "scala.Enumeration$Value",
            "scala.Function0",
            "scala.Function1",
            "scala.Function2",
            "scala.Option",
            "scala.Tuple2",
            "scala.Tuple3",
            "scala.Tuple4",
            "scala.collection.Iterable",
            "scala.collection.Iterator",
            "scala.collection.JavaConverters",
            "scala.concurrent.Await",
            "scala.concurrent.Awaitable",
            "scala.concurrent.Future",
            "scala.concurrent.duration.Duration",
            "scala.concurrent.duration.FiniteDuration",
            "scala.reflect.ClassTag",
            "scala.reflect.ClassTag$",
            "scala.runtime.AbstractFunction0",
            "scala.runtime.BoxedUnit",
            "scala.util.Properties");

    private static final int MAX_FILES_OF_A_ROOM = 30;

    private static final int MAX_ARGUMENTS = 6;

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.retort");

    @Test
    void sawTheWholeProgram() {
        assertThat(CLASSES.size()).isGreaterThan(100);
    }

    @Test
    void everyPackageHasItsPlace() {
        Set<String> found =
                CLASSES.stream().map(ArchitectureTest::layer).collect(Collectors.toCollection(TreeSet::new));
        assertThat(FROM_THE_BOTTOM_UP).containsAll(found);
    }

    @Test
    void dependenciesPointOneWay() {
        for (int i = 0; i < FROM_THE_BOTTOM_UP.size() - 1; i++) {
            String layer = FROM_THE_BOTTOM_UP.get(i);
            String[] above = FROM_THE_BOTTOM_UP.stream()
                    .skip(i + 1L)
                    .map(name -> "io.retort." + name + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that(resideInAPackage("io.retort." + layer + ".."))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above)
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Test
    void noRoomIsCrowded() {
        Map<String, Long> files = CLASSES.stream()
                .filter(type -> type.getEnclosingClass().isEmpty()
                        && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        assertThat(files)
                .allSatisfy((room, count) -> assertThat(count).as(room).isLessThanOrEqualTo(MAX_FILES_OF_A_ROOM));
    }

    /** Of a record each component has a name where it is read; anything else would have its arguments mixed up. */
    @Test
    void noConstructorTakesMoreThanSixArguments() {
        DescribedPredicate<JavaClass> crowded = DescribedPredicate.describe(
                "have a constructor of more than " + MAX_ARGUMENTS + " arguments",
                type -> type.getConstructors().stream()
                        .anyMatch(made -> made.getRawParameterTypes().size() > MAX_ARGUMENTS));
        noClasses()
                .that(DescribedPredicate.describe(
                        "are no records", type -> !type.isRecord() && !type.isEnum() && !type.isAnonymousClass()))
                .should(ArchCondition.from(crowded))
                .check(CLASSES);
    }

    @Test
    void thereAreNoCyclesBetweenPackages() {
        slices().matching("io.retort.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheEngineKnowsDl4j() {
        noClasses()
                .that(resideInAPackage("io.retort..")
                        .and(not(resideInAPackage("io.retort.engine.dl4j..")))
                        .and(not(resideInAPackage("io.retort.distill.dl4j.."))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.deeplearning4j..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEngineAndLossesKnowArraysOfNd4j() {
        noClasses()
                .that(resideInAPackage("io.retort..")
                        .and(not(resideInAPackage("io.retort.engine..")))
                        .and(not(resideInAPackage("io.retort.distill.loss..")))
                        .and(not(resideInAPackage("io.retort.distill.dl4j.."))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.nd4j.linalg.api..", "org.nd4j.linalg.factory..", "org.nd4j.linalg.dataset..")
                .check(CLASSES);
    }

    @Test
    void onlyTheseRoomsKnowSpark() {
        noClasses()
                .that(resideInAPackage("io.retort..").and(not(resideInAnyPackage(ROOMS_OF_SPARK))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.spark..")
                .check(CLASSES);
    }

    @Test
    void noCallNamesATypeThatScalaHasMoved() {
        DescribedPredicate<JavaClass> call = DescribedPredicate.describe(
                "call what has a type of Scala 2.12 alone in its signature",
                type -> type.getCodeUnitCallsFromSelf().stream().anyMatch(ArchitectureTest::isOfOneScala));
        noClasses().should(ArchCondition.from(call)).check(CLASSES);
    }

    private static boolean isOfOneScala(JavaCodeUnitAccess<?> call) {
        List<JavaClass> named = new ArrayList<>(call.getTarget().getRawParameterTypes());
        named.add(call.getTarget().getRawReturnType());
        named.add(call.getTargetOwner());
        return named.stream()
                .map(type -> type.getName().replaceAll("^\\[+L|;$", ""))
                .anyMatch(name -> name.startsWith("scala.") && !SCALA_OF_BOTH_VERSIONS.contains(name));
    }

    @Test
    void onlyTheCommandLinePrintsOrExits() {
        noClasses()
                .that(not(resideInAPackage("io.retort.cli..")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CLASSES);
    }

    /** What {@link io.retort.storage.Digest.Fingerprinted} demands, as far as calls show it. */
    @Test
    void noFingerprintIsMadeOfNamesInTheCode() {
        DescribedPredicate<JavaCodeUnit> digesting = DescribedPredicate.describe(
                "that digest",
                unit -> unit.getCallsFromSelf().stream()
                        .anyMatch(call -> call.getTargetOwner().isEquivalentTo(Digest.class)
                                && call.getName().startsWith("add")));
        ArchCondition<JavaCodeUnit> callNoName = ArchCondition.from(DescribedPredicate.describe(
                "call toString() or name() of a value, or the name of a class",
                unit -> unit.getMethodCallsFromSelf().stream().anyMatch(ArchitectureTest::isNameInTheCode)));
        noCodeUnits().that(digesting).should(callNoName).check(CLASSES);
    }

    private static boolean isNameInTheCode(JavaMethodCall call) {
        JavaClass owner = call.getTargetOwner();
        return call.getName().equals("toString")
                || (owner.isEquivalentTo(Class.class) && call.getName().endsWith("Name"))
                || (owner.isAssignableTo(Enum.class) && call.getName().equals("name"))
                || (owner.isEquivalentTo(String.class) && call.getName().equals("valueOf"));
    }

    /** {@code network} for {@code io.retort.network.zoo.PlainNetwork.Vgg}. */
    private static String layer(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.", -1);
        return parts.length < 3 ? "" : parts[2];
    }

    private static DescribedPredicate<JavaClass> not(DescribedPredicate<? super JavaClass> predicate) {
        return DescribedPredicate.not(predicate.forSubtype());
    }
}
