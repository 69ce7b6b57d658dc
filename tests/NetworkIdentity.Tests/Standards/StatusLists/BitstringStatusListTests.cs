using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.StatusLists;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards.StatusLists;

public sealed class BitstringStatusListTests
{
    private const string Url = "https://nation.example/bitstring/1";
    private const string Nation = "https://nation.example";
    private static readonly string[] Words = ["pending", "accepted", "rejected", "undefined"];

    // The list of the specification's own example [BSL §2.2]: 131,072 entries, none set.
    private const string ExampleList = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";

    private static StatusList List(int bits = 1, long size = StatusList.MinBitstringSize) =>
        StatusList.Of(bits, size, [(7, TokenStatus.Invalid), (size - 1, (TokenStatus)((1 << bits) - 1))], StatusListFormat.Bitstring);

    private static JsonObject Content(params string[] purposes) => BitstringStatusListCredential.Content(
        Url, Nation, purposes.Length == 0 ? [StatusPurpose.Revocation] : purposes, List(), Now, Now.AddDays(1), TimeSpan.FromSeconds(5));

    private static BitstringStatusListCredential Read(JsonObject content, DateTimeOffset? now = null, string url = Url) =>
        BitstringStatusListCredential.Read(content, url, now ?? Now);

    private static BitstringStatusListEntry Entry(long index = 7, string purpose = StatusPurpose.Revocation) => new(purpose, Url, index);

    private static (string Code, string Words) Refused(Action act)
    {
        var refusal = Assert.Throws<Refusal>(act);
        return (refusal.Code, refusal.Description);
    }

    private static JsonObject Changed(JsonObject json, string change, JsonObject? subject = null)
    {
        foreach (var (name, value) in Json(change))
        {
            var at = subject is not null && name is "encodedList" or "statusPurpose" or "ttl" or "statusSize" or "subjectType" ? subject! : json;
            var member = name == "subjectType" ? "type" : name;
            if (value?.ToJsonString() == "\"absent\"") at.Remove(member);
            else at[member] = value?.DeepClone();
        }

        return json;
    }

    [Fact]
    public void A_list_is_written_and_read()
    {
        var content = Content();
        Assert.Equal(
            """{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"https://nation.example/bitstring/1","type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":"https://nation.example","validFrom":"2026-09-21T14:13:20Z","validUntil":"2026-09-22T14:13:20Z","credentialSubject":{"id":"https://nation.example/bitstring/1#list","type":"BitstringStatusList","statusPurpose":"revocation","encodedList":"LIST","ttl":5000}}""",
            StrictJson.WriteText(content).Replace(List().Encode(), "LIST", StringComparison.Ordinal));
        var read = Read(content);
        Assert.Equal((Url, Nation, Now, Now.AddDays(1), TimeSpan.FromSeconds(5)), (read.Id, read.Issuer, read.ValidFrom, read.ValidUntil, read.Ttl));
        Assert.Equal([StatusPurpose.Revocation], read.Purposes);
        Assert.Equal(
            [StatusMeaning.Valid, StatusMeaning.Revoked, StatusMeaning.Valid, StatusMeaning.Revoked],
            new long[] { 6, 7, 8, StatusList.MinBitstringSize - 1 }.Select(index => read.StatusOf(Entry(index)).Meaning));
    }

    [Fact]
    public void The_specifications_own_example_is_read()
    {
        var content = Json($$"""
            {"@context":["https://www.w3.org/ns/credentials/v2"],"id":"https://example.com/credentials/status/3",
             "type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":"did:example:12345","validFrom":"2021-04-05T14:27:40Z",
             "credentialSubject":{"id":"https://example.com/status/3#list","type":"BitstringStatusList","statusPurpose":"revocation","encodedList":"{{ExampleList}}"}
            }
            """);
        var entry = Assert.Single(BitstringStatusListEntry.Of(Json("""
            {"credentialStatus":{"id":"https://example.com/credentials/status/3#94567","type":"BitstringStatusListEntry","statusPurpose":"revocation",
             "statusListIndex":"94567","statusListCredential":"https://example.com/credentials/status/3"}}
            """)));
        var read = Read(content, url: entry.ListCredential);
        Assert.Equal((131_072, null, null), (read.List.Size, read.ValidUntil, read.Ttl));
        Assert.Equal(new BitstringStatus("revocation", 0, null), read.StatusOf(entry));
    }

    [Theory]
    [InlineData(StatusPurpose.Revocation, 0, true, StatusMeaning.Valid)]
    [InlineData(StatusPurpose.Revocation, 1, false, StatusMeaning.Revoked)]
    [InlineData(StatusPurpose.Suspension, 0, true, StatusMeaning.Valid)]
    [InlineData(StatusPurpose.Suspension, 1, false, StatusMeaning.Suspended)]
    [InlineData(StatusPurpose.Refresh, 1, false, StatusMeaning.Valid)]
    [InlineData(StatusPurpose.Message, 1, false, StatusMeaning.Unknown)]
    [InlineData("of our own", 0, true, StatusMeaning.Valid)]
    [InlineData("of our own", 1, false, StatusMeaning.Unknown)]
    public void What_a_status_means_depends_on_its_purpose(string purpose, int value, bool valid, StatusMeaning meaning)
    {
        var status = new BitstringStatus(purpose, value, null);
        Assert.Equal((valid, meaning), (status.IsValid, status.Meaning));
    }

    [Fact]
    public void A_list_may_have_several_purposes_and_says_nothing_of_another()
    {
        var read = Read(Content(StatusPurpose.Revocation, StatusPurpose.Suspension));
        Assert.Equal(StatusMeaning.Suspended, read.StatusOf(Entry(7, StatusPurpose.Suspension)).Meaning);
        Assert.Equal(("STATUS_VERIFICATION_ERROR", "the status list is not of the purpose of the status"), Refused(() => read.StatusOf(Entry(7, StatusPurpose.Refresh))));
    }

    [Fact]
    public void A_status_of_two_bits_has_its_message()
    {
        var list = List(bits: 2);
        var content = BitstringStatusListCredential.Content(Url, Nation, [StatusPurpose.Message], list, Now, Now.AddDays(1), messages: Words);
        var entry = Entry(list.Size - 1, StatusPurpose.Message) with { Size = 2, Messages = Words, References = ["https://nation.example/words"] };
        var parsed = BitstringStatusListEntry.Parse(entry.ToJson());
        Assert.Equal(StrictJson.WriteText(entry.ToJson()), StrictJson.WriteText(parsed.ToJson()));
        Assert.Equal(new BitstringStatus(StatusPurpose.Message, 3, "undefined"), Read(content).StatusOf(parsed));
        Assert.Equal("accepted", Read(content).StatusOf(parsed with { Index = 7 }).Message);
        Assert.Equal("STATUS_VERIFICATION_ERROR", Refused(() => Read(content).StatusOf(Entry(7, StatusPurpose.Message))).Code);
        Assert.Throws<ArgumentException>(() => BitstringStatusListCredential.Content(Url, Nation, [StatusPurpose.Message], list, Now, Now));
        Assert.Throws<ArgumentException>(() => BitstringStatusListCredential.Content(Url, Nation, [StatusPurpose.Revocation], new StatusList(1, 1 << 20), Now, Now));
    }

    [Fact]
    public void A84_an_index_outside_the_list_and_a_list_that_hides_nobody_say_nothing()
    {
        var read = Read(Content());
        Assert.All(new[] { -1, 131_072, long.MaxValue }, index => Assert.Equal(("RANGE_ERROR", "the index is not in the status list"), Refused(() => read.StatusOf(Entry(index)))));

        // 131,072 bits are 65,536 statuses of two.
        Assert.Equal("STATUS_LIST_LENGTH_ERROR", Refused(() => read.StatusOf(Entry() with { Size = 2, Messages = Words })).Code);
        var small = Content();
        small["credentialSubject"]!["encodedList"] = StatusList.FromBytes([0], 1, StatusListFormat.Bitstring).Encode();
        Assert.Equal(8, Read(small).List.Size);
        Assert.Equal(("STATUS_LIST_LENGTH_ERROR", "the status list must have 131072 entries or more"), Refused(() => Read(small).StatusOf(Entry(0))));
    }

    [Theory]
    [InlineData("""{"@context":"absent"}""", "@context must be an array that begins with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":[]}""", "@context must be an array that begins with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"@context":["https://www.w3.org/2018/credentials/v1"]}""", "validFrom is of another version of the data model")]
    [InlineData("""{"@context":["https://evil.example","https://www.w3.org/ns/credentials/v2"]}""", "@context must begin with https://www.w3.org/ns/credentials/v2")]
    [InlineData("""{"type":["VerifiableCredential"]}""", "type must include BitstringStatusListCredential, in version 2.0 of the data model")]
    [InlineData("""{"type":"BitstringStatusListCredential"}""", "type must include VerifiableCredential")]
    [InlineData("""{"issuer":"absent"}""", "issuer is missing")]
    [InlineData("""{"issuer":{}}""", "id of issuer is missing")]
    [InlineData("""{"issuer":"nation"}""", "issuer must be a URL")]
    [InlineData("""{"validFrom":"2026-09-31T14:13:20Z"}""", "validFrom must be a time with its offset")]
    [InlineData("""{"validFrom":"2026-09-21T14:13:20Z\n"}""", "validFrom must be a time with its offset")]
    [InlineData("""{"validUntil":1790000000}""", "validUntil must be a string")]
    [InlineData("""{"validUntil":"2026-09-20T14:13:20Z"}""", "validUntil is before validFrom")]
    [InlineData("""{"credentialSubject":"absent"}""", "credentialSubject is missing")]
    [InlineData("""{"subjectType":"StatusList2021"}""", "type of the subject must be BitstringStatusList")]
    [InlineData("""{"statusPurpose":"absent"}""", "statusPurpose is missing")]
    [InlineData("""{"statusPurpose":[]}""", "statusPurpose is missing")]
    [InlineData("""{"statusPurpose":[1]}""", "statusPurpose must be an array of strings")]
    [InlineData("""{"statusSize":3}""", "statusSize must be 1, 2, 4 or 8")]
    [InlineData("""{"ttl":0}""", "ttl of the status list must be from a millisecond to a year")]
    [InlineData("""{"ttl":3153600000000}""", "ttl of the status list must be from a millisecond to a year")]
    [InlineData("""{"ttl":1.5}""", "ttl must be an integer")]
    [InlineData("""{"encodedList":"absent"}""", "encodedList is missing")]
    [InlineData("""{"encodedList":"H4sIAAAAAAAAA"}""", "encodedList must be multibase's base64url: u and no padding")]
    public void A84_a_list_that_breaks_a_rule_is_refused_by_name(string change, string words)
    {
        var content = Content();
        Assert.Equal(("MALFORMED_VALUE_ERROR", words), Refused(() => Read(Changed(content, change, content["credentialSubject"]!.AsObject()))));
    }

    [Fact]
    public void A84_a_list_of_another_name_or_time_is_not_verified()
    {
        Assert.Equal(("STATUS_VERIFICATION_ERROR", "id of the status list is not the URL it was asked at"), Refused(() => Read(Content(), url: Url + "/")));
        Assert.Equal(("STATUS_VERIFICATION_ERROR", "validFrom of the status list is in the future"), Refused(() => Read(Content(), Now.AddSeconds(-1))));
        Assert.Equal(("STATUS_VERIFICATION_ERROR", "the status list has expired"), Refused(() => Read(Content(), Now.AddDays(1).AddSeconds(1))));
        Assert.Equal(Now, BitstringStatusListCredential.Read(Content(), Url, Now.AddSeconds(-30), TimeSpan.FromSeconds(30)).ValidFrom);
        var nameless = Content();
        nameless.Remove("id");
        Assert.Null(Read(nameless).Id);
    }

    [Theory]
    [InlineData("""{"statusListIndex":7}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a string")]
    [InlineData("""{"statusListIndex":""}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"-1"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"+1"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"1.0"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"1e2"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"0x1"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":" 1"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"007"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"\u0667"}""", "MALFORMED_VALUE_ERROR", "statusListIndex must be a decimal number as a string")]
    [InlineData("""{"statusListIndex":"2147483648"}""", "RANGE_ERROR", "the index is not in the status list")]
    [InlineData("""{"statusListIndex":"9223372036854775808"}""", "RANGE_ERROR", "the index is not in the status list")]
    [InlineData("""{"type":"StatusList2021Entry"}""", "MALFORMED_VALUE_ERROR", "type of the status must be BitstringStatusListEntry")]
    [InlineData("""{"type":"absent"}""", "MALFORMED_VALUE_ERROR", "type is missing")]
    [InlineData("""{"statusPurpose":["revocation"]}""", "MALFORMED_VALUE_ERROR", "statusPurpose must be a string")]
    [InlineData("""{"statusListCredential":"/bitstring/1"}""", "MALFORMED_VALUE_ERROR", "statusListCredential must be a URL")]
    [InlineData("""{"id":"https://nation.example/bitstring/1"}""", "MALFORMED_VALUE_ERROR", "id of the status must be a URL, and not the list's")]
    [InlineData("""{"statusSize":0}""", "MALFORMED_VALUE_ERROR", "statusSize must be 1, 2, 4 or 8")]
    [InlineData("""{"statusSize":3}""", "MALFORMED_VALUE_ERROR", "statusSize must be 1, 2, 4 or 8")]
    [InlineData("""{"statusSize":"1"}""", "MALFORMED_VALUE_ERROR", "statusSize must be an integer")]
    [InlineData("""{"statusSize":2}""", "MALFORMED_VALUE_ERROR", "statusMessage is missing, and statusSize is more than 1")]
    [InlineData("""{"statusMessage":[{"status":"0x0","message":"a"}]}""", "MALFORMED_VALUE_ERROR", "statusMessage must have a message for each value")]
    [InlineData("""{"statusMessage":[{"status":"0x0","message":"a"},{"status":"0x0","message":"b"}]}""", "MALFORMED_VALUE_ERROR", "status of a statusMessage must be a value in hexadecimal with 0x, each once")]
    [InlineData("""{"statusMessage":[{"status":"0x0","message":"a"},{"status":"0x2","message":"b"}]}""", "MALFORMED_VALUE_ERROR", "status of a statusMessage must be a value in hexadecimal with 0x, each once")]
    [InlineData("""{"statusMessage":[{"status":"0","message":"a"},{"status":"1","message":"b"}]}""", "MALFORMED_VALUE_ERROR", "status of a statusMessage must be a value in hexadecimal with 0x, each once")]
    [InlineData("""{"statusMessage":[{"status":"0x0","message":"a"},{"status":"0xffffffff","message":"b"}]}""", "MALFORMED_VALUE_ERROR", "status of a statusMessage must be a value in hexadecimal with 0x, each once")]
    [InlineData("""{"statusMessage":[{"status":"0x0"},{"status":"0x1","message":"b"}]}""", "MALFORMED_VALUE_ERROR", "message is missing")]
    [InlineData("""{"statusReference":"words"}""", "MALFORMED_VALUE_ERROR", "statusReference must be URLs")]
    public void A84_an_entry_of_a_wrong_form_is_refused(string change, string code, string words) =>
        Assert.Equal((code, words), Refused(() => BitstringStatusListEntry.Parse(Changed(Entry().ToJson(), change))));

    [Fact]
    public void A_credential_has_no_status_or_some_and_one_that_is_not_understood_is_not_none()
    {
        Assert.Empty(BitstringStatusListEntry.Of([]));
        var entry = Entry() with { Id = "https://nation.example/bitstring/1#7" };
        var second = Entry(9, StatusPurpose.Suspension);
        Assert.Equal([entry.ToJson().ToJsonString(), second.ToJson().ToJsonString()],
            BitstringStatusListEntry.Of(new() { ["credentialStatus"] = new JsonArray(entry.ToJson(), second.ToJson()) }).Select(one => one.ToJson().ToJsonString()));
        foreach (var status in new[] { "null", "[]", "\"x\"", "[1]", """[{"type":"Other"}]""" })
            Assert.Equal("MALFORMED_VALUE_ERROR", Refused(() => BitstringStatusListEntry.Of(Json($$"""{"credentialStatus":{{status}}}"""))).Code);
    }

    [Fact]
    public void An_error_has_the_address_that_its_specification_gives_it()
    {
        Assert.Equal("https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR", BitstringRefusal.TypeOf(BitstringRefusal.Retrieval("gone")));
        Assert.Equal("https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR", BitstringRefusal.TypeOf(BitstringRefusal.ListLength()));
        Assert.Equal("https://www.w3.org/TR/vc-data-model#RANGE_ERROR", BitstringRefusal.TypeOf(BitstringRefusal.Range()));
        Assert.Equal("https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR", BitstringRefusal.TypeOf(new(BitstringRefusal.MalformedCode, "x")));
    }

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_a_mutated_list_or_entry()
    {
        var all = Entry(7, StatusPurpose.Message) with { Id = $"{Url}#7", Size = 2, Messages = Words, References = [Nation] };
        Assert.InRange(Mutations.Refused(StrictJson.WriteText(all.ToJson()), text => BitstringStatusListEntry.Parse(Json(text)), 500), 250, 500);
        Assert.InRange(Mutations.Refused(StrictJson.WriteText(Content()), text => Read(Json(text)), 500), 250, 500);
    }
}
