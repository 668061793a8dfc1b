package io.mesocosm.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesocosm.model.resource.Resources;
import java.util.List;
import org.apache.mesos.v1.Protos.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of contracts/mesos-allocation.md §7 and §10. */
class ResourceMappingTest {
  private static final String CPUS =
      "\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":4}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"revocable\":{}",
        ",\"allocation_info\":{\"role\":\"web\"}",
        ",\"reservations\":[{\"type\":\"STATIC\",\"role\":\"a\"}]",
        ",\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"a\",\"principal\":\"p\"}]",
        ",\"reservations\":[{\"type\":\"STATIC\",\"role\":\"a\"},{\"type\":\"DYNAMIC\",\"role\":\"a/b\"}]",
        ",\"reservations\":[{\"type\":\"DYNAMIC\",\"role\":\"a\",\"labels\":{\"labels\":[{\"key\":\"z\"},{\"key\":\"a\",\"value\":\"\"}]}}]",
        ",\"provider_id\":{\"value\":\"p\"}"
      })
  void thePresentFormReadsBackAsItWas(String metadata) throws Exception {
    List<Resource> resources = List.of(resource(CPUS + metadata));
    assertThat(ResourceMapping.toProto(ResourceMapping.toModel(resources))).isEqualTo(resources);
  }

  @Test
  void rangesAndSetsReadBackSortedAndJoined() throws Exception {
    Resources resources =
        model(
            "\"name\":\"ports\",\"type\":\"RANGES\",\"ranges\":{\"range\":[{\"begin\":6,\"end\":9},{\"begin\":1,\"end\":5}]}",
            "\"name\":\"disks\",\"type\":\"SET\",\"set\":{\"item\":[\"b\",\"a\"]}");
    assertThat(resources).hasToString("disks(*):{a, b}; ports(*):[1-9]");
    assertThat(ResourceMapping.toModel(ResourceMapping.toProto(resources))).isEqualTo(resources);
  }

  // V5
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'role':'*' | ",
        "'role':'a' | 'reservations':[{'type':'STATIC','role':'a'}]",
        "'role':'a','reservation':{} | 'reservations':[{'type':'DYNAMIC','role':'a'}]",
        "'role':'a','reservation':{'principal':'p'} | 'reservations':[{'type':'DYNAMIC','role':'a','principal':'p'}]"
      },
      quoteCharacter = '`')
  void theOldFormOfAReservationMeansTheSame(String oldForm, String newForm) throws Exception {
    Resource old = resource(CPUS + "," + oldForm.replace('\'', '"'));
    Resource present = resource(newForm == null ? CPUS : CPUS + "," + newForm.replace('\'', '"'));
    Resources model = ResourceMapping.toModel(List.of(old));
    assertThat(model).isEqualTo(ResourceMapping.toModel(List.of(present)));
    assertThat(ResourceMapping.toProtoLegacy(model)).containsExactly(old);
    assertThat(ResourceMapping.toProto(model)).containsExactly(present);
  }

  // P5, M9
  @Test
  void equalKindsAddUpAndNothingIsDropped() throws Exception {
    assertThat(model(CPUS, CPUS)).hasToString("cpus(*):8");
    assertThat(model("\"name\":\"cpus\",\"type\":\"SCALAR\",\"scalar\":{\"value\":0}").isEmpty())
        .isTrue();
  }

  // P6
  @ParameterizedTest
  @ValueSource(strings = {"-1", "\"Infinity\"", "1e-310", "4.9e-324", "9.1e15"})
  void amountsThatCannotBeCalculatedWithAreRefused(String amount) {
    assertThatThrownBy(() ->
            model("\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":" + amount + "}"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("Invalid resource mem: amount ");
  }

  @Test
  void notANumberIsRefused() {
    Resource.Builder resource = resourceBuilder(CPUS);
    resource.getScalarBuilder().setValue(Double.NaN);
    assertThatThrownBy(() -> ResourceMapping.toModel(List.of(resource.build())))
        .isInstanceOf(InvalidMessageException.class);
  }

  @Test
  void amountsThatOverflowTogetherAreRefused() {
    String most = "\"name\":\"mem\",\"type\":\"SCALAR\",\"scalar\":{\"value\":9e15}";
    assertThatThrownBy(() -> model(most, most))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("add up to more than");
  }

  // P7
  @ParameterizedTest
  @CsvSource({
    "'{\"begin\":1,\"end\":5},{\"begin\":5,\"end\":9}', overlap at 5",
    "'{\"begin\":5,\"end\":9},{\"begin\":1,\"end\":7}', overlap at 5",
    "'{\"begin\":9,\"end\":1}', not end before it begins",
    "'{\"begin\":0,\"end\":18446744073709551615}', must not go beyond",
    "'{\"begin\":0,\"end\":9223372036854775807}', must not go beyond"
  })
  void rangesThatAreNoneAreRefused(String ranges, String problem) {
    assertThatThrownBy(() ->
            model("\"name\":\"ports\",\"type\":\"RANGES\",\"ranges\":{\"range\":[" + ranges + "]}"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("Invalid resource ports: ")
        .hasMessageContaining(problem);
  }

  // D1, D5, D6, D9, P14
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'disk':{'source':{'type':'PATH','path':{'root':'disks/a'}}}",
        "'disk':{'source':{'type':'MOUNT','mount':{'root':'/mnt/a'}}}",
        "'disk':{'source':{'type':'MOUNT','id':'i','profile':'fast'}},'provider_id':{'value':'p'}",
        "'disk':{'source':{'type':'BLOCK','id':'i','vendor':'v','metadata':{'labels':[{'key':'k','value':'v'}]}}}",
        "'disk':{'source':{'type':'RAW','profile':'fast'}},'provider_id':{'value':'p'}",
        "RESERVED,'disk':{'persistence':{'id':'v','principal':'p'},'volume':{'container_path':'data','mode':'RW'}}",
        "RESERVED,'disk':{'persistence':{'id':'v'},'volume':{'container_path':'data','mode':'RO'}},'shared':{}",
        "RESERVED,'disk':{'persistence':{'id':'v'},'source':{'type':'MOUNT','mount':{'root':'/mnt/a'}}}"
      })
  void disksAndVolumesReadBackAsTheyWere(String fields) throws Exception {
    List<Resource> resources = List.of(resource(disk(fields)));
    assertThat(ResourceMapping.toProto(ResourceMapping.toModel(resources))).isEqualTo(resources);
  }

  // M5
  @Test
  void aSharedVolumeThatIsHeldTwiceStandsTwice() throws Exception {
    Resource shared =
        resource(
            disk(
                "RESERVED,'disk':{'persistence':{'id':'v'},'volume':{'container_path':'data','mode':'RW'}},'shared':{}"));
    Resources model = ResourceMapping.toModel(List.of(shared, shared));
    assertThat(model.entries()).hasSize(1);
    assertThat(ResourceMapping.toProto(model)).containsExactly(shared, shared);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'disk':{} | needs a source",
        "'disk':{'volume':{'container_path':'data','mode':'RW'}} | only persistent volumes are mounted",
        "'disk':{'source':{'type':'MOUNT'}} | needs a root",
        "'disk':{'source':{'type':'PATH','path':{}}} | needs a root",
        "'disk':{'source':{'type':'PATH','mount':{'root':'/a'}}} | field of another type",
        "'disk':{'source':{'type':'BLOCK','path':{'root':'/a'}}} | field of another type",
        "'disk':{'source':{'type':'UNKNOWN'}} | must be PATH, MOUNT, BLOCK or RAW",
        "'disk':{'persistence':{'id':'v'}} | must be on a reserved disk",
        "RESERVED,'revocable':{} | a revocable resource cannot be reserved",
        "RESERVED,'revocable':{},'disk':{'persistence':{'id':'v'}} | cannot be revocable",
        "RESERVED,'disk':{'persistence':{'id':'a/b'}} | persistence id",
        "RESERVED,'disk':{'persistence':{'id':'v'},'volume':{'container_path':'data','mode':'RW','host_path':'/a'}} | host_path",
        "RESERVED,'disk':{'persistence':{'id':'v'},'volume':{'container_path':'','mode':'RW'}} | container_path",
        "RESERVED,'shared':{} | only persistent volumes can be shared"
      })
  void whatIsNoDiskIsNamed(String fields, String problem) {
    assertThatThrownBy(() -> model(disk(fields)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("Invalid resource disk: ")
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'reservations':[] | 'role':'*'",
        "'role':'a' | 'reservations':[{'type':'STATIC','role':'a'}],'role':'a'",
        "'role':'a','reservation':{'principal':'p'} | 'reservations':[{'type':'DYNAMIC','role':'a','principal':'p'}],'role':'a','reservation':{'principal':'p'}",
        "'reservations':[{'type':'STATIC','role':'a'},{'type':'DYNAMIC','role':'a/b'}] | 'reservations':[{'type':'STATIC','role':'a'},{'type':'DYNAMIC','role':'a/b'}]"
      })
  void endpointsAnswerInBothFormsWhereBothCanSayIt(String given, String answer) throws Exception {
    Resources model = model(CPUS + "," + given.replace('\'', '"'));
    assertThat(ResourceMapping.toProtoEndpoint(model))
        .containsExactly(resource(CPUS + "," + answer.replace('\'', '"')));
  }

  // P4, P8, P12, V3, V5, V6
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'name':'x','type':'SET','set':{'item':['a','a']} | stands twice",
        "'name':'gpus','type':'SCALAR','scalar':{'value':1.5} | whole number",
        "'name':'','type':'SCALAR','scalar':{'value':1} | no name",
        "'name':'x','type':'SCALAR' | type SCALAR needs",
        "'name':'x','type':'SCALAR','ranges':{'range':[]} | type SCALAR needs",
        "'name':'x','type':'SCALAR','scalar':{'value':1},'set':{'item':[]} | type SCALAR needs",
        "'name':'x','type':'TEXT' | must be SCALAR, RANGES or SET",
        "CPUS,'disk':{'source':{'type':'RAW'}} | not for cpus",
        "CPUS,'shared':{} | only persistent volumes can be shared",
        "CPUS,'role':'-a' | begins with '-'",
        "CPUS,'role':'*','reservations':[{'type':'STATIC','role':'a'}] | may not stand beside",
        "CPUS,'role':'a','reservation':{'type':'DYNAMIC'} | belong into reservations",
        "CPUS,'reservations':[{'role':'a'}] | needs a type",
        "CPUS,'reservations':[{'type':'STATIC','role':'*'}] | cannot be reserved",
        "CPUS,'reservation':{} | cannot be reserved",
        "CPUS,'role':'a','reservations':[{'type':'STATIC','role':'a'}] | may not stand beside",
        "CPUS,'reservations':[{'type':'STATIC','role':'a'},{'type':'STATIC','role':'a/b'}] | to refine it",
        "CPUS,'reservations':[{'type':'STATIC','role':'a'},{'type':'DYNAMIC','role':'ab'}] | to refine it",
      })
  void whatIsNotValidIsNamed(String json, String problem) {
    assertThatThrownBy(() -> model(json.replace("CPUS", CPUS).replace('\'', '"')))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void oneNameHasOneType() {
    assertThatThrownBy(
            () -> model(CPUS, "\"name\":\"cpus\",\"type\":\"SET\",\"set\":{\"item\":[\"a\"]}"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining("cpus has values of different types");
  }

  private static Resources model(String... fields) throws InvalidMessageException {
    return ResourceMapping.toModel(
        java.util.Arrays.stream(fields).map(ResourceMappingTest::resource).toList());
  }

  private static String disk(String fields) {
    return ("'name':'disk','type':'SCALAR','scalar':{'value':4},"
            + fields.replace("RESERVED", "'reservations':[{'type':'DYNAMIC','role':'a'}]"))
        .replace('\'', '"');
  }

  private static Resource resource(String fields) {
    return resourceBuilder(fields).build();
  }

  private static Resource.Builder resourceBuilder(String fields) {
    try {
      return MesosJson.parse("{" + fields + "}", Resource.newBuilder());
    } catch (InvalidMessageException e) {
      throw new AssertionError(e);
    }
  }
}
