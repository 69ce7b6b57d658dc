using System.Text;
using NetworkIdentity.Governing;
using NetworkIdentity.Issuing;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Governing;

public sealed class FactBookTests : IAsyncLifetime
{
    private static readonly Mandate Steward = new(Act.Witness, "a-steward", "2026-1", []);

    private readonly List<string> _members = [];

    private TestIssuing _issuing = null!;

    private FactBook _book = null!;

    private DateOnly Today => DateOnly.FromDateTime(_issuing.Nation.Time.GetUtcNow().UtcDateTime);

    public async ValueTask InitializeAsync()
    {
        _issuing = await TestIssuing.StartAsync();
        _book = new FactBook(_issuing.Nation.Database, _issuing.Nation.Keys, _issuing.Nation.Time);
        for (var i = 0; i < 4; i++)
        {
            await _issuing.TakeAsync();
            _members.Add(_issuing.Query<string>("SELECT id FROM member").Except(_members).Single());
        }
    }

    public ValueTask DisposeAsync() => _issuing.DisposeAsync();

    [Fact]
    public async Task A_fact_its_witnesses_and_its_correction_are_leaves_that_say_nothing_of_a_person()
    {
        var fact = await _book.RecordAsync(Draft(text: "Gave a course on bees"), 1, Steward);
        await _book.WitnessAsync(fact, _members[1], Steward);
        var correction = await _book.CorrectAsync(fact, Draft(text: "Gave a course on wasps") with { Amount = 2 }, 1, Steward);
        var annulment = await _book.AnnulAsync(correction, "Never gave one", 2, Steward);

        // In their order, though two of one moment may be listed in the other.
        string[] ids = [fact, correction, annulment];
        var rows = (await Facts.AllAsync(_issuing.Nation.Database)).OrderBy(row => Array.IndexOf(ids, row.Id)).ToList();
        Assert.Equal([(fact, null, 0L), (correction, fact, 0L), (annulment, correction, 1L)], rows.Select(row => (row.Id, row.Corrects, row.Annuls)));
        var leaves = new List<(string Act, string Subject, string? Detail)>();
        foreach (var row in rows)
        {
            var written = await Journal.OfAsync(_issuing.Nation.Database, row.Id);
            Assert.All(written, leaf => Assert.Equal(("a-steward", "2026-1", row.Digest), (leaf.Actor, leaf.CharterVersion, leaf.Detail)));
            leaves.AddRange(written.Select(leaf => (leaf.Act, leaf.Subject, leaf.Detail)));
        }

        Assert.Equal(["fact", "witness", "correct", "correct"], leaves.Select(leaf => leaf.Act));
        Assert.Equal(3, leaves.Select(leaf => leaf.Detail).Distinct().Count());
        Assert.Equal(["Gave a course on bees", "Gave a course on wasps", "Never gave one"], (await _book.TextsAsync(_members[0])).OrderBy(text => Array.IndexOf(ids, text.Key)).Select(text => text.Value));
        Assert.DoesNotContain("a course on", Encoding.UTF8.GetString(_issuing.Nation.BytesAtRest()), StringComparison.Ordinal);
        var all = await _book.AllAsync();
        Assert.Equal((2L, Today), (all.Single(one => one.Id == correction).Amount, all.Single(one => one.Id == fact).Witnesses.Single().Day));
    }

    [Fact]
    public async Task Witnesses_are_different_people_who_belong_and_none_is_whom_it_is_about()
    {
        var fact = await _book.RecordAsync(Draft(), 1, Steward);
        await _book.WitnessAsync(fact, _members[1], Steward);
        await RefusedAsync("already_witnessed", () => _book.WitnessAsync(fact, _members[1], Steward));
        await RefusedAsync("own_fact", () => _book.WitnessAsync(fact, _members[0], Steward));
        await RefusedAsync("not_a_member", () => _book.WitnessAsync(fact, "nobody", Steward));
        await RefusedAsync("unknown_fact", () => _book.WitnessAsync("nothing", _members[1], Steward));
        Assert.Equal(1, _issuing.Query<long>("SELECT count(*) FROM journal WHERE act = 'witness'").Single());

        // The database holds it, whoever asks.
        var row = new FactWitnesses.Row { FactId = fact, MemberId = _members[0], Day = "2026-11-22", CreatedAt = 1 };
        Assert.Equal(FactWitnesses.Condition, await _issuing.Nation.Database.CommitAsync(FactWitnesses.Insert(row)));

        // Two at once are one.
        var ended = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await Record.ExceptionAsync(() => _book.WitnessAsync(fact, _members[2], Steward))));
        Assert.Single(ended, exception => exception is null);
        Assert.Equal(_members[1..3].Order(), (await _book.AllAsync()).Single().Witnesses.Select(witness => witness.By).Order());
    }

    [Fact]
    public async Task What_is_no_fact_is_not_recorded()
    {
        var unknown = Draft() with { MemberId = "nobody" };
        await RefusedAsync("unknown_member", () => _book.RecordAsync(unknown, 1, Steward));
        await RefusedAsync("unknown_node", () => _book.RecordAsync(Draft() with { Node = "Atlantis" }, 1, Steward));
        foreach (var draft in (FactDraft[])[
            Draft() with { Kind = "friendship" }, Draft() with { From = Today.AddDays(1), Until = Today.AddDays(1) }, Draft() with { From = Today, Until = Today.AddDays(-1) },
            Draft() with { Amount = 0 }, Draft() with { Amount = FactDraft.MostAmount + 1 }, Draft(text: " "), Draft(text: "a\u202Eb"), Draft(text: new string('x', FactDraft.LongestText + 1))])
            await RefusedAsync("invalid_fact", () => _book.RecordAsync(draft, 1, Steward));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _book.RecordAsync(Draft(), 0, Steward));
        await RefusedAsync("unknown_fact", () => _book.AnnulAsync("nothing", "why", 1, Steward));
        await RefusedAsync("unknown_fact", () => _book.CorrectAsync("nothing", Draft(), 1, Steward));

        var fact = await _book.RecordAsync(Draft(), 1, Steward);
        await RefusedAsync("invalid_fact", () => _book.CorrectAsync(fact, Draft() with { MemberId = _members[1] }, 1, Steward));
        var record = (await Credentials.ListAsync(_issuing.Nation.Database, _members[0])).Single();
        await _issuing.Revoker.RevokeAsync(record.Id, "for the test");
        await RefusedAsync("not_a_member", () => _book.RecordAsync(Draft(), 1, Steward));

        // Who belongs no more can still be put right.
        await _book.AnnulAsync(fact, "Was another's", 1, Steward);
        Assert.Equal(2, _issuing.Query<long>("SELECT count(*) FROM fact").Single());
    }

    [Fact]
    public async Task Bands_are_made_of_what_is_recorded_and_a_credential_says_them()
    {
        foreach (var (text, by) in new[] { ("One", 1), ("Two", 2), ("Three", 3) })
            await _book.WitnessAsync(await _book.RecordAsync(Draft(FactKind.Hosting, text), 1, Steward), _members[by], Steward);
        Assert.Equal([new Reputation(_members[0], "hosting", "emerging", 3, 3)], await _book.BandsAsync());
        Assert.Empty(await _book.BandsAsync(_members[1]));

        // As a stranger makes them of an export, whole or of the member's own.
        foreach (var document in new[] { await _book.ExportAsync(), await _book.ExportAsync(_members[0]) })
            Assert.Equal(("hosting", "emerging", 3, 3), document.Bands(Today).Select(one => (one.Domain, one.Band, one.Facts, one.Witnesses)).Single());
        await RefusedAsync("unknown_member", () => _book.ExportAsync("nobody"));

        var claims = (await _book.BandsAsync(_members[0])).Single().ToClaims("https://nation.example/contest");
        var made = await _issuing.Offering.MakeAsync("reputation", _members[0], claims, withTransactionCode: false);
        Assert.Equal(_members[0], made.MemberId);

        // A ring, and it is gone.
        foreach (var by in (int[])[1, 2]) await _book.WitnessAsync(await _book.RecordAsync(Draft(FactKind.Stay) with { MemberId = _members[by] }, 1, Steward), _members[0], Steward);
        Assert.Equal([new Reputation(_members[0], "hosting", null, 1, 1)], await _book.BandsAsync());
    }

    [Fact]
    public async Task An_annulled_fact_counts_no_more_once_that_is_witnessed()
    {
        var first = await _book.RecordAsync(Draft(), 1, Steward);
        foreach (var by in (int[])[1, 2]) await _book.WitnessAsync(first, _members[by], Steward);
        var second = await _book.RecordAsync(Draft(text: "Another"), 1, Steward);
        await _book.WitnessAsync(second, _members[1], Steward);
        var annulment = await _book.AnnulAsync(first, "Was another's", 1, Steward);
        Assert.Equal("emerging", (await _book.BandsAsync()).Single().Band);
        await _book.WitnessAsync(annulment, _members[3], Steward);
        Assert.Equal([new Reputation(_members[0], "contribution", null, 1, 1)], await _book.BandsAsync());
    }

    [Fact]
    public async Task Who_is_erased_takes_the_words_and_the_place_along_and_the_fact_stays()
    {
        var node = await Node.AddAsync(_issuing.Nation.Database, _issuing.Nation.Time, "Lisbon", "Europe");
        var fact = await _book.RecordAsync(Draft() with { Node = "Lisbon" }, 1, Steward);
        await _book.WitnessAsync(fact, _members[1], Steward);
        Assert.Equal(node.Id, (await _book.AllAsync()).Single().NodeId);
        await new Eraser(_issuing.Nation.Database, _issuing.Nation.Time).EraseAsync(_members[0]);
        var row = (await Facts.FindAsync(_issuing.Nation.Database, fact))!;
        Assert.Empty(row.Content);
        Assert.Null(row.NodeId);
        Assert.Empty(await _book.TextsAsync(_members[0]));
        Assert.Single((await _book.AllAsync()).Single().Witnesses);
    }

    [Fact]
    public async Task A90_what_somebody_attested_of_themselves_under_another_id_is_nobodys_word_and_of_another_counts_once()
    {
        var own = await _book.RecordAsync(Draft(), 1, Steward);
        await _book.WitnessAsync(own, _members[1], Steward);
        var other = await _book.RecordAsync(Draft() with { MemberId = _members[3] }, 2, Steward);
        foreach (var witness in _members[..2]) await _book.WitnessAsync(other, witness, Steward);
        Assert.Equal((1, 2), (await CountsAsync(own), await CountsAsync(other)));

        // One id into the next, and that into the third.
        await _issuing.Nation.Database.CommitAsync(MergedMembers.Insert(_members[1], _members[2], "x", 1));
        Assert.Equal((1, 2), (await CountsAsync(own), await CountsAsync(other)));
        await _issuing.Nation.Database.CommitAsync(MergedMembers.Insert(_members[2], _members[0], "x", 1));
        Assert.Equal((0, 1), (await CountsAsync(own), await CountsAsync(other)));
        Assert.Empty((await _book.OfAsync(_members[0])).Single().Witnesses);

        // It was a mistake.
        await _issuing.Nation.Database.CommitAsync(MergedMembers.Delete(_members[1]));
        Assert.Equal((1, 2), (await CountsAsync(own), await CountsAsync(other)));

        async Task<int> CountsAsync(string fact) => (await _book.AllAsync()).Single(one => one.Id == fact).Witnesses.Count;
    }

    private FactDraft Draft(string kind = FactKind.Contribution, string text = "Mended the roof") => new(kind, _members[0], Today.AddDays(-3), Today, text);

    private static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<Refusal>(act)).Code);
}
