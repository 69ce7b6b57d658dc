using System.Text.Json.Nodes;
using NetworkIdentity.Governing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Core.Governing;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Ledger;

public sealed class CensusTakingTests
{
    [Fact]
    public async Task None_is_taken_before_its_time_and_each_an_interval_after_the_last()
    {
        await using var nation = await TestCensus.FoundAsync();
        await RefusedAsync(nation);
        nation.Issuing.Nation.Time.Move(TimeSpan.FromDays(29));
        await RefusedAsync(nation);
        Assert.Equal(1, (await nation.TakeAsync(2)).Number);
        await RefusedAsync(nation);
        nation.Issuing.Nation.Time.Move(TimeSpan.FromDays(29));
        await nation.Taking.TakeDueAsync();
        Assert.Equal(1, (await nation.Taking.NewestAsync())!.Number);
        nation.Issuing.Nation.Time.Move(TimeSpan.FromDays(2));
        await nation.Taking.TakeDueAsync();
        Assert.Equal(2, (await nation.Taking.NewestAsync())!.Number);

        static async Task RefusedAsync(TestCensus nation)
        {
            await nation.Log.SequenceAsync();
            Assert.Equal(NationRefusal.CensusNotDueCode, (await Assert.ThrowsAsync<Refusal>(nation.Taking.TakeAsync)).Code);
        }
    }

    [Fact]
    public async Task The_charter_says_how_often_and_of_how_many_at_least()
    {
        await using var nation = await TestCensus.FoundAsync();
        var charter = CharterTests.CoLiving.ToJson();
        charter["census"] = new JsonObject { ["k"] = 15, ["every_days"] = 7 };
        await Rules.AdoptAsync(nation.Database, nation.Issuing.Nation.Time, Charter.Parse(StrictJson.Write(charter)));
        var said = CensusStatement.Read((await nation.TakeAsync(8)).Statement);
        Assert.Equal((15, 7, CharterTests.CoLiving.Version), (said.Taken.K, said.EveryDays, said.Charter));
    }

    [Fact]
    public async Task K_only_grows_whatever_a_later_charter_says()
    {
        await using var nation = await TestCensus.FoundAsync();
        var charter = CharterTests.CoLiving.ToJson();
        foreach (var (version, k, expected) in ((string, int, int)[])[("k-1", 15, 15), ("k-2", 12, 15), ("k-3", 20, 20)])
        {
            (charter["version"], charter["census"]) = (version, new JsonObject { ["k"] = k, ["every_days"] = 7 });
            await Rules.AdoptAsync(nation.Database, nation.Issuing.Nation.Time, Charter.Parse(StrictJson.Write(charter)));
            Assert.Equal(expected, CensusStatement.Read((await nation.TakeAsync(8)).Statement).Taken.K);
        }

        Assert.Empty((await nation.AuditAsync(await nation.OpeningsAsync(), (await nation.Taking.NewestAsync())!.Statement)).Faults);
    }

    [Fact]
    public async Task Two_servers_take_one()
    {
        await using var nation = await TestCensus.FoundAsync(lisbon: 2);
        nation.Issuing.Nation.Time.Move(TimeSpan.FromDays(31));
        await nation.Log.SequenceAsync();
        var databases = Enumerable.Range(0, 3).Select(_ => nation.Issuing.Nation.OpenDatabase()).ToList();
        var servers = new List<CensusTaking>();
        foreach (var database in databases) servers.Add(await nation.OnAsync(database));
        await Task.WhenAll(servers.Select(server => Task.Run(server.TakeDueAsync)));
        Assert.Equal([1L], nation.Issuing.Query<long>("SELECT number FROM census"));
        Assert.Equal(["1"], nation.Issuing.Query<string>("SELECT subject FROM journal WHERE act = 'take-census'"));
        foreach (var database in databases) await database.DisposeAsync();
    }

    [Fact]
    public async Task It_counts_people_in_their_nodes_and_is_signed_and_its_leaf_names_its_digest_openly()
    {
        await using var nation = await TestCensus.FoundAsync(lisbon: 24, austin: 3);
        var row = await nation.TakeAsync();
        var keys = nation.Issuing.Nation.Keys;
        SignedStatement.Read(new IssuerCertificates(issuer => issuer == keys.Nation.Issuer ? keys.Roots : []), row.Statement, CensusStatement.Type, keys.Nation.Issuer, nation.Issuing.Nation.Time.GetUtcNow());
        var said = CensusStatement.Read(row.Statement);
        var nodes = said.Nodes.ToDictionary(node => node.Value, node => node.Key);

        // 24 in Lisbon, of whom each has two copies; three in Austin, who are not even some elsewhere.
        Assert.Contains(Cell("membership", nodes["Lisbon"]).AtLeast, (long?[])[10, 20]);
        Assert.Null(Cell("membership", nodes["Austin"]).AtLeast);
        Assert.Null(Cell("membership", Census.Elsewhere).AtLeast);
        Assert.Null(Cell("residency", nodes["Lisbon"]).AtLeast);
        Assert.Equal(Cell("membership", nodes["Lisbon"]).AtLeast, said.SumOf("membership"));
        Assert.DoesNotContain("exit", said.Taken.Types);
        Assert.Equal((0, 0), (said.Unopened, said.Uncommitted));
        Assert.Equal((54, 1, said.Taken.Size), (said.Acts["issue"], said.Acts["found"], said.Acts.Values.Sum()));
        Assert.Equal(Convert.ToBase64String((await nation.Log.HeadAsync())!.Root).Length, said.Root.Length);

        var leaf = LeafRecord.Read(LeafRecord.EntryOf((await Journal.FindAsync(nation.Database, "take-census", "1"))!));
        Assert.Equal(("take-census", "1", row.Digest), (leaf.Act, leaf.Subject, leaf.Detail));
        var text = System.Text.Encoding.UTF8.GetString(Jws.Parse(row.Statement).Payload.Span);
        foreach (var id in nation.Issuing.Query<string>("SELECT id FROM member UNION SELECT id FROM credential")) Assert.DoesNotContain(id, text, StringComparison.Ordinal);

        Census.Cell Cell(string type, string node) => said.Cells.Single(cell => cell.Type == type && cell.Node == node);
    }

    [Fact]
    public async Task What_the_leaf_of_an_issue_shows_with_a_receipt_does_not_say_whose_it_is()
    {
        await using var nation = await TestCensus.FoundAsync(lisbon: 1);
        var (record, member) = ((await Credentials.ListAsync(nation.Database))[0], (await Members.AllAsync(nation.Database)).Single());
        var row = (await Journal.FindAsync(nation.Database, "issue", record.Id))!;
        var shown = System.Text.Encoding.UTF8.GetString(LeafRecord.OpeningOf(row));
        Assert.DoesNotContain(member.Id, shown, StringComparison.Ordinal);
        Assert.Contains(Counted.DigestOf(row.Counts!), shown, StringComparison.Ordinal);
        var counted = Counted.Parse(row.Counts!);
        Assert.Equal((member.Id, member.NodeId, "membership", record.ExpiresAt), (counted.Member, counted.Node, counted.Type, counted.Until));
        Assert.DoesNotContain(counted.Salt, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_issued_before_leaves_said_what_is_counted_is_counted_by_the_record_and_marked()
    {
        await using var nation = await TestCensus.FoundAsync(lisbon: 20);
        Assert.Null(await nation.Database.CommitAsync(new Statement("UPDATE journal SET counts = NULL", new { })));
        var said = CensusStatement.Read((await nation.TakeAsync()).Statement);
        Assert.Equal(40, said.Uncommitted);
        Assert.NotNull(said.Cells.Single(cell => cell is { Type: "membership", Node: Census.Elsewhere }).AtLeast);
        Assert.All(said.Cells.Where(cell => cell.Node != Census.Elsewhere), cell => Assert.Null(cell.AtLeast));
        var report = await nation.AuditAsync(await nation.OpeningsAsync(), (await nation.Taking.NewestAsync())!.Statement);
        Assert.Empty(report.Faults);
        Assert.StartsWith("40 issues up to ", Assert.Single(report.Unchecked).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_revoked_or_suspended_is_not_counted_and_the_number_stays_until_ten_are_gone()
    {
        await using var nation = await TestCensus.FoundAsync(lisbon: 30);
        var before = CensusStatement.Read((await nation.TakeAsync()).Statement);
        var offers = nation.Issuing.Query<string>("SELECT min(id) FROM credential GROUP BY offer_id ORDER BY 1");
        foreach (var id in offers.Take(5)) await nation.Issuing.Revoker.RevokeAsync(id, "why");
        foreach (var id in offers.Skip(5).Take(4)) await nation.Issuing.Suspensions.SuspendAsync(id, "why", nation.Issuing.Nation.Time.GetUtcNow().AddDays(80));
        var nine = CensusStatement.Read((await nation.TakeAsync()).Statement);
        Assert.Equal(before.Cells, nine.Cells);
        foreach (var id in offers.Skip(9).Take(12)) await nation.Issuing.Revoker.RevokeAsync(id, "why");

        // Nine are left.
        var few = CensusStatement.Read((await nation.TakeAsync()).Statement);
        Assert.All(few.Cells, cell => Assert.Null(cell.AtLeast));
        Assert.Equal((await Censuses.FindAsync(nation.Database, 2))!.Digest, few.Before);
    }

    [Fact]
    public async Task A_census_that_a_restore_knows_from_the_log_alone_is_not_taken_again_before_its_time()
    {
        await using var nation = await TestCensus.FoundAsync();
        await nation.TakeAsync();
        await nation.Database.CommitAsync(new Statement("DELETE FROM census", new { }));
        Assert.Equal(NationRefusal.CensusNotDueCode, (await Assert.ThrowsAsync<Refusal>(nation.Taking.TakeAsync)).Code);
        Assert.Equal(2, (await nation.TakeAsync()).Number);
    }
}
