using System.Text.Json.Nodes;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Ledger;

public sealed class CensusAuditTests : IAsyncLifetime
{
    private TestCensus _nation = null!;
    private List<string> _openings = null!;
    private string _census = null!;

    public async ValueTask InitializeAsync()
    {
        _nation = await TestCensus.FoundAsync(lisbon: 22, austin: 4);
        await _nation.TakeAsync();
        await _nation.JoinAsync(3, "Austin");
        await _nation.Issuing.Revoker.RevokeAsync((await Credentials.ListAsync(_nation.Database))[0].Id, "why");
        _census = (await _nation.TakeAsync()).Statement;
        _openings = await _nation.OpeningsAsync();
    }

    public ValueTask DisposeAsync() => _nation.DisposeAsync();

    [Fact]
    public async Task An_auditor_counts_the_same_from_the_openings_alone()
    {
        var report = await _nation.AuditAsync(_openings, _census);
        Assert.Empty(report.Faults);
        Assert.Empty(report.Missing);
        Assert.Empty(report.Unchecked);
        Assert.Equal((2, report.Leaves, 60L), (report.Census.Number, report.Opened, report.Leaves));
        Assert.NotNull(report.Census.SumOf("membership"));

        // The first one, too, by the openings of the second.
        Assert.Contains("is opened and is none that a census rests on", string.Join('\n', (await _nation.AuditAsync(_openings, (await Censuses.FindAsync(_nation.Database, 1))!.Statement)).Faults));
        Assert.DoesNotContain("Somebody", string.Concat(_openings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leaf_that_is_not_opened_is_named()
    {
        var dropped = JsonNode.Parse(_openings[^1])!;
        var report = await _nation.AuditAsync(_openings[..^1], _census);
        Assert.Equal([(long)dropped["index"]!], report.Missing);
        Assert.Contains("1 leaves are not opened, and the census says that it could not read 0", report.Faults);
        Assert.StartsWith("1 leaves were not opened", Assert.Single(report.Unchecked).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_counted_is_what_the_leaf_commits_to()
    {
        var faults = await FaultsOfAsync(line => line["counts"] = Counted.Of("another", null, "membership", 9_999_999_999).Text);
        Assert.Contains("what is counted of it is not what it commits to", faults);
        Assert.Contains("what is counted of it is not what it commits to", await FaultsOfAsync(line => line.Remove("counts")));
        Assert.Contains("what is said to open it doesn't", await FaultsOfAsync(line => line["record"] = ((string)line["record"]!).Replace("\"actor\":\"founder\"", "\"actor\":\"nobody\"", StringComparison.Ordinal)));
        Assert.Contains("what is said to open it doesn't", await FaultsOfAsync(line => line["salt"] = "AAAA"));
    }

    [Fact]
    public async Task A_census_that_the_log_does_not_name_is_none()
    {
        var forged = await SignAsync(said => said with { Cells = [.. said.Cells.Select(cell => cell with { AtLeast = 1000 })] });
        var faults = string.Join('\n', (await _nation.AuditAsync(_openings, forged)).Faults);
        Assert.Contains("the log doesn't say that this census 2 was taken", faults);
        Assert.Contains("census 2: other numbers follow from the leaves", faults);
    }

    [Fact]
    public async Task A_nation_that_publishes_other_numbers_or_an_early_census_or_a_small_k_is_found_out()
    {
        var said = CensusStatement.Read(_census);
        var lie = await SignAsync(_ => said with
        {
            Number = 3,
            Taken = said.Taken with { K = 5 },
            Acts = new Dictionary<string, long>(said.Acts) { ["revoke"] = 0 },
            Cells = [.. said.Cells.Select(cell => cell with { AtLeast = (cell.AtLeast ?? 0) + 1000 })],
        });
        var row = new Censuses.Row { Number = 3, TakenAt = 1, Size = said.Taken.Size, Statement = lie, Digest = CensusTaking.DigestOf(lie) };
        Assert.Null(await _nation.Database.CommitAsync(Censuses.Insert(row), Journal.Write(CensusTaking.Act, "3", "server", null, 1, row.Digest)));
        await _nation.Log.SequenceAsync();
        var faults = string.Join('\n', (await _nation.AuditAsync(await _nation.OpeningsAsync(), lie)).Faults);
        Assert.Contains("census 3: other numbers follow from the leaves", faults);
        Assert.Contains("census 3 was taken before its time", faults);
        Assert.Contains("census 3: its k is less than 10", faults);
        Assert.Contains("census 3: its k is less than that of census 2", faults);
        Assert.Contains("census 3 names another than census 2 as the one before it", faults);
        Assert.Contains("the log has other acts, or another number of them", faults);
        Assert.DoesNotContain("doesn't say", faults);
    }

    [Fact]
    public async Task A_census_that_is_kept_back_shows_in_the_log()
    {
        var head = JsonNode.Parse(_openings[0])!;
        head["censuses"]!.AsArray().RemoveAt(0);
        var faults = (await _nation.AuditAsync([head.ToJsonString(), .. _openings[1..]], _census)).Faults;
        Assert.Contains("the log says that a census 1 was taken before this one, and it is not in the openings", faults);
    }

    [Fact]
    public async Task What_a_restore_lost_is_said_and_the_rest_is_counted()
    {
        // As a restore leaves it: the entry is known, and what it was about is not.
        var row = (await Journal.FindAsync(_nation.Database, "revoke", (await Credentials.ListAsync(_nation.Database))[0].Id))!;
        await _nation.Database.CommitAsync(new Statement("UPDATE journal SET entry = @entry, salt = NULL, subject = 'unknown' WHERE id = @id", new { entry = LeafRecord.EntryOf(row), id = row.Id }));
        var census = (await _nation.TakeAsync()).Statement;
        var report = await _nation.AuditAsync(await _nation.OpeningsAsync(), census);
        Assert.Equal((1, row.Seq!.Value), (report.Census.Unopened, Assert.Single(report.Missing)));
        Assert.Empty(report.Faults);
        Assert.StartsWith("1 leaves were not opened", Assert.Single(report.Unchecked).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issues_older_than_leaves_that_say_what_is_counted_are_told_from_those_that_leave_it_out_afterwards()
    {
        // Each of them has two, for two keys.
        await using var nation = await TestCensus.FoundAsync(lisbon: 22);
        await nation.Database.CommitAsync(new Statement("UPDATE journal SET counts = NULL", new { }));
        var at = DateTimeOffset.FromUnixTimeSeconds((await Journal.FindAsync(nation.Database, "issue", (await Credentials.ListAsync(nation.Database))[0].Id))!.At);
        await nation.JoinAsync(3, "Austin");
        var census = (await nation.TakeAsync()).Statement;
        var openings = await nation.OpeningsAsync();
        var report = await nation.AuditAsync(openings, census);
        Assert.Empty(report.Faults);

        // The key of none of them is known to who has the credential; and it is the same each time.
        var counted = openings.Skip(1).Select(line => (string?)JsonNode.Parse(line)!["counts"]).OfType<string>().ToList();
        foreach (var record in await Credentials.ListAsync(nation.Database)) Assert.DoesNotContain(counted, text => text.Contains(record.Id, StringComparison.Ordinal));
        Assert.Equal(counted.Count, counted.Select(text => Counted.Parse(text).Salt).Distinct().Count());
        Assert.Equal(openings, await nation.OpeningsAsync());
        var older = Assert.Single(report.Unchecked);
        Assert.Equal(("issues_older", 44, 44), (older.Reason, older.Count, report.Uncommitted));
        Assert.StartsWith($"44 issues up to {at:yyyy-MM-dd} say nothing of types", older.Words, StringComparison.Ordinal);

        // Who could say it, and does not.
        await nation.JoinAsync(1, "Austin");
        await nation.Database.CommitAsync(new Statement("UPDATE journal SET counts = NULL WHERE seq IS NULL", new { }));
        census = (await nation.TakeAsync()).Statement;
        report = await nation.AuditAsync(await nation.OpeningsAsync(), census);
        Assert.Empty(report.Faults);
        Assert.Equal([("issues_older", 44), ("issues_unsaid", 2)], report.Unchecked.Select(gap => (gap.Reason, gap.Count)));
        Assert.StartsWith("of 2 issues the log doesn't say", report.Unchecked[1].Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_census_stands_once_in_its_order_and_the_log_names_it_once()
    {
        var head = JsonNode.Parse(_openings[0])!;
        var (first, second) = ((string)head["censuses"]![0]!, (string)head["censuses"]![1]!);
        foreach (var (censuses, fault) in ((string[], string)[])[([second, first], "census 1 stands after census 2, or twice"), ([first, second, second], "census 2 stands after census 2, or twice")])
        {
            head["censuses"] = new JsonArray([.. censuses.Select(one => (JsonNode)one)]);
            Assert.Contains(fault, (await _nation.AuditAsync([head.ToJsonString(), .. _openings[1..]], _census)).Faults);
        }

        // The nation says another number of the same census, and the log has both.
        var said = CensusStatement.Read(_census);
        var again = await SignAsync(_ => said with { Number = 1, Before = null });
        Assert.Null(await _nation.Database.CommitAsync(Journal.Write(CensusTaking.Act, "1", "server", null, 1, CensusTaking.DigestOf(again))));
        await _nation.Log.SequenceAsync();
        Assert.Contains("the log says that a census 1 was taken after a census 2", (await _nation.AuditAsync(_openings, _census)).Faults);
    }

    [Fact]
    public async Task A_checkpoint_is_the_logs_own_and_so_is_that_of_each_census_before()
    {
        var said = CensusStatement.Read(_census);
        foreach (var (changed, fault) in ((CensusStatement, string)[])[
            (said with { Checkpoint = said.Checkpoint.Replace("\n\n", "\nmore\n\n", StringComparison.Ordinal) }, "census 2: its checkpoint is not signed by the log"),
            (said with { Root = Convert.ToBase64String(new byte[32]) }, "census 2: its size or root is not that of its checkpoint"),
            (said with { Taken = said.Taken with { Size = said.Taken.Size - 1 } }, "census 2: its size or root is not that of its checkpoint")])
        {
            var jwt = await SignAsync(_ => changed);
            Assert.Contains((await _nation.AuditAsync(_openings, jwt)).Faults, one => one.StartsWith(fault, StringComparison.Ordinal));
        }

        // Of one before, too; and one that says that it is of another log is not counted, which is said.
        var head = JsonNode.Parse(_openings[0])!;
        var first = CensusStatement.Read((string)head["censuses"]![0]!);
        head["censuses"]![0] = await SignAsync(_ => first with { Root = said.Root });
        Assert.Contains("census 1: its size or root is not that of its checkpoint", (await _nation.AuditAsync([head.ToJsonString(), .. _openings[1..]], _census)).Faults);
        head["censuses"]![0] = await SignAsync(_ => first with { Checkpoint = first.Checkpoint.Replace(first.Origin, "another.example/log", StringComparison.Ordinal) });
        Assert.Contains((await _nation.AuditAsync([head.ToJsonString(), .. _openings[1..]], _census)).Unchecked, one => one.Reason == "other_log" && one.Words.StartsWith("census 1 is of another log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task K_and_the_days_between_are_looked_at_of_each_census()
    {
        var head = JsonNode.Parse(_openings[0])!;
        var first = CensusStatement.Read((string)head["censuses"]![0]!);
        head["censuses"]![0] = await SignAsync(_ => first with { EveryDays = 1, Taken = first.Taken with { K = 3 } });
        var faults = (await _nation.AuditAsync([head.ToJsonString(), .. _openings[1..]], _census)).Faults;
        Assert.Contains("census 1: its k is less than 10", faults);
        Assert.Contains("census 1: fewer than 7 days lie between two", faults);
    }

    [Fact]
    public async Task What_is_no_census_and_no_openings_is_refused()
    {
        Assert.Equal("census_unfit", (await Assert.ThrowsAsync<Refusal>(() => _nation.AuditAsync(_openings, "nothing"))).Code);
        Assert.Equal("census_unfit", (await Assert.ThrowsAsync<Refusal>(() => _nation.AuditAsync(["{}"], _census))).Code);
        Assert.Equal("census_unfit", (await Assert.ThrowsAsync<Refusal>(() => _nation.AuditAsync([.. _openings, _openings[^1]], _census))).Code);
        var further = await SignAsync(said => said with { Taken = said.Taken with { Size = 100_000 } });
        var others = await SignAsync(said => said with { Checkpoint = said.Checkpoint.Replace(said.Origin, "another.example/log", StringComparison.Ordinal) });
        foreach (var unfit in (string[])[further, others]) Assert.Equal("census_unfit", (await Assert.ThrowsAsync<Refusal>(() => _nation.AuditAsync(_openings, unfit))).Code);
    }

    private async Task<string> FaultsOfAsync(Action<JsonObject> change)
    {
        var line = JsonNode.Parse(_openings[1])!.AsObject();
        Assert.NotNull(line["counts"]);
        change(line);
        return string.Join('\n', (await _nation.AuditAsync([_openings[0], line.ToJsonString(), .. _openings[2..]], _census)).Faults);
    }

    private async Task<string> SignAsync(Func<CensusStatement, CensusStatement> change) => await SignedStatement.SignAsync(
        _nation.Issuing.Nation.Keys, CensusStatement.Type, change(CensusStatement.Read(_census)).ToJson(), _nation.Issuing.Nation.Time.GetUtcNow());
}
