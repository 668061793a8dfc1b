package io.mesocosm.services.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mesocosm.services.app.AppDefinition;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an update of a resident app must leave (contracts/marathon-api.md §4). */
class AppUpdateRulesTest {
  private static final String DISK =
      "'container':{'type':'MESOS','volumes':[{'containerPath':'d','persistent':{'size':%d}}]}";

  private final AppReader reader = new AppReader("ops");
  private final AppDefinition resident = read("'cpus':1," + DISK.formatted(10));

  private AppDefinition read(String fields) {
    String text = "{'id':'/a','cmd':'x'," + fields + "}";
    return reader.read(Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
  }

  private Map<String, List<String>> problems(AppDefinition after) {
    InvalidRequestException e =
        catchThrowableOfType(
            InvalidRequestException.class, () -> AppRules.requireUpdatable(resident, after));
    assertThat(e).as(after.toString()).isNotNull();
    assertThat(e.status()).isEqualTo(422);
    return e.errorsByPath();
  }

  @Test
  void commandAndNumberOfInstancesMayChange() {
    AppDefinition after = read("'cpus':1,'instances':3,'labels':{'a':'b'}," + DISK.formatted(10));

    assertThatCode(() -> AppRules.requireUpdatable(resident, after)).doesNotThrowAnyException();
  }

  @Test
  void volumesStayAsTheyAre() {
    assertThat(problems(read("'cpus':1," + DISK.formatted(11))))
        .containsEntry("/", List.of("Persistent volumes can not be changed!"));
    assertThat(problems(read("'cpus':1"))).containsKey("/");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'cpus':2 | Resident Tasks may not change resource requirements!",
        "'mem':2 | Resident Tasks may not change resource requirements!",
        "'disk':2 | Resident Tasks may not change resource requirements!",
        "'gpus':2 | Resident Tasks may not change resource requirements!",
        "'requirePorts':true | Resident Tasks may not change host ports!",
        "'ports':[0,0] | Resident Tasks may not change host ports!",
      })
  void whatIsReservedStaysAsItIs(String fields, String text) {
    assertThat(problems(read(fields + "," + DISK.formatted(10)))).containsEntry("/", List.of(text));
  }

  @Test
  void thereIsNoRoomBesideWhatIsReserved() {
    assertThat(problems(read("'upgradeStrategy':{'maximumOverCapacity':1}," + DISK.formatted(10))))
        .containsOnlyKeys("/upgradeStrategy/maximumOverCapacity");
  }

  @Test
  void otherAppsMayChangeAsTheyLike() {
    assertThatCode(() -> AppRules.requireUpdatable(read("'cpus':1"), read("'cpus':2")))
        .doesNotThrowAnyException();
  }
}
