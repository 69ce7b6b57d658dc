using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Tests.Standards.Dids.WebVh;

namespace NetworkIdentity.Tests.Core.Keys;

/// <summary>What a witness approved, and what it approves of after that [DID-WebVH §DID Witnesses].</summary>
public sealed class WitnessMemoryTests : IDisposable
{
    private const int Witness = 5;

    private readonly TestFolder _folder = new();

    private string File => _folder.File("memory");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_branches_of_a_log_the_one_that_came_first_is_approved()
    {
        await AttestAsync(Log().Then(entry => Say(entry, "one")));
        Assert.StartsWith("did_log_branched: version 2-", await RefusalOf(Log().Then(entry => Say(entry, "other"))), StringComparison.Ordinal);
        Assert.StartsWith("did_log_branched: version 2-", await RefusalOf(Log().Then(entry => Say(entry, "other")).Then()), StringComparison.Ordinal);
        Assert.StartsWith("did_log_branched: version 2-", await RefusalOf(Log()), StringComparison.Ordinal);

        // The same again, and what goes on from it, also by several entries.
        await AttestAsync(Log().Then(entry => Say(entry, "one")));
        await AttestAsync(Log().Then(entry => Say(entry, "one")).Then().Then());
        Assert.StartsWith("did_log_branched: version 4-", await RefusalOf(Log().Then(entry => Say(entry, "one")).Then()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_log_is_remembered_for_itself()
    {
        await AttestAsync(Log().Then());
        var other = Log("other.example");
        await AttestAsync(other);
        var kept = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal([Log().Scid, other.Scid], kept.Select(member => member.Key));
        Assert.StartsWith("did_log_branched: ", await RefusalOf(Log()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_refused_is_not_remembered()
    {
        Assert.StartsWith("not_a_witness: ", await RefusalOf(Log().Then(), by: 4), StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Nothing_is_approved_where_it_cannot_be_remembered()
    {
        await System.IO.File.WriteAllTextAsync(File, "{", TestContext.Current.CancellationToken);
        Assert.StartsWith("not_a_memory: ", await RefusalOf(Log()), StringComparison.Ordinal);
        System.IO.File.Delete(File);
        using (new FileStream(File + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
            Assert.StartsWith("not_a_memory: ", await RefusalOf(Log()), StringComparison.Ordinal);
        await AttestAsync(Log());
    }

    private static WebVhWorld Log(string place = "nation.example") => new WebVhWorld().First(
        entry => entry["parameters"]!["witness"] = new JsonObject { ["threshold"] = 1, ["witnesses"] = new JsonArray(new JsonObject { ["id"] = WebVhWorld.DidKeyOf(Witness) }) }, place: place);

    private static void Say(JsonObject entry, string what) => entry["state"]!["alsoKnownAs"] = new JsonArray("https://" + what + ".example");

    private async Task AttestAsync(WebVhWorld world, int by = Witness) => Assert.NotEmpty(await DidWitnesses.AttestAsync(world.Log, WebVhWorld.Key(by), new(File), WebVhWorld.Now));

    private async Task<string> RefusalOf(WebVhWorld world, int by = Witness)
    {
        var refusal = await Assert.ThrowsAsync<Refusal>(() => AttestAsync(world, by));
        return $"{refusal.Code}: {refusal.Description}";
    }
}
