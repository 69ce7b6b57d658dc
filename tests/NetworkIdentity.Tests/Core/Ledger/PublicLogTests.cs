using System.Text.Json.Nodes;
using NetworkIdentity.Issuing;
using NetworkIdentity.Ledger;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.TransparencyLog;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Ledger;

public sealed class PublicLogTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TestIssuing _nation = null!;
    private PublicLog _log = null!;

    private Database Database => _nation.Nation.Database;

    public async ValueTask InitializeAsync()
    {
        _nation = await TestIssuing.StartAsync();
        _log = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _nation.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task I14_every_act_is_a_leaf_and_no_leaf_says_whom_it_is_about()
    {
        var credential = (await _nation.TakeAsync(1, "membership", ("display_name", "Ana Lovelace")))[0];
        var record = (await Credentials.ListAsync(Database)).Single();
        await _nation.Revoker.RevokeAsync(record.Id, "the reason");
        var placed = await _log.SequenceAsync();
        Assert.Equal(_nation.Query<long>("SELECT count(*) FROM journal").Single(), placed);

        var entries = await EntriesAsync();
        foreach (var act in (string[])["found", "make-key", "open-list", "offer", "issue", "revoke"]) Assert.Contains(entries, entry => Act(entry) == act);
        foreach (var entry in entries.Select(System.Text.Encoding.UTF8.GetString))
        {
            foreach (var word in (string[])[record.Id, record.MemberId, record.ToBeSignedDigest, "Lovelace", "the reason"])
                Assert.DoesNotContain(word, entry, StringComparison.Ordinal);
        }

        Assert.NotNull(credential);
    }

    [Fact]
    public async Task A_receipt_shows_offline_that_the_issue_is_in_the_log_and_what_the_leaf_says()
    {
        await _nation.TakeAsync();
        var record = (await Credentials.ListAsync(Database)).Single();
        var row = (await Journal.FindAsync(Database, "issue", record.Id))!;
        Assert.Null(await _log.ReceiptAsync(row));
        await _log.SequenceAsync();
        await _nation.TakeAsync();
        await _log.SequenceAsync();

        // From here on, what the holder has: the receipt, the log's key, the credential.
        var receipt = TlogProof.Parse((await _log.ReceiptAsync((await Journal.FindAsync(Database, "issue", record.Id))!))!.Text);
        var opening = JsonNode.Parse(receipt.Extra!.Value.Span)!;
        var said = opening["record"]!;
        Assert.Equal(record.ToBeSignedDigest, (string?)said["detail"]);
        Assert.Equal("issue", (string?)said["act"]);
        var entry = LeafRecord.Entry("issue", System.Text.Encoding.UTF8.GetBytes(said.ToJsonString()), NetworkIdentity.Standards.Encoding.Base64Url.Decode((string)opening["salt"]!));
        receipt.Verify(MerkleTree.HashLeaf(entry), _log.Origin, _log.Keys);
        Assert.ThrowsAny<Exception>(() => receipt.Verify(MerkleTree.HashLeaf([.. entry, 1]), _log.Origin, _log.Keys));
    }

    [Fact]
    public async Task I7_each_checkpoint_continues_the_one_before()
    {
        var (size, root) = (0L, MerkleTree.EmptyRoot);
        for (var i = 0; i < 6; i++)
        {
            await _nation.TakeAsync(count: 4);
            await _log.SequenceAsync();
            var head = (await _log.HeadAsync())!;
            var proof = await _log.ProveConsistencyAsync(size, head.Size);
            Assert.True(MerkleTree.VerifyConsistency(size, root, head.Size, head.Root, proof));
            Assert.Equal(head.Size, Checkpoint.Open(head.Checkpoint, _log.Origin, _log.Keys).Size);
            (size, root) = (head.Size, head.Root);
        }
    }

    [Fact]
    public async Task F7_many_servers_grow_one_log()
    {
        var databases = Enumerable.Range(0, 4).Select(_ => _nation.Nation.OpenDatabase()).ToList();
        var logs = await Task.WhenAll(databases.Select(database => PublicLog.OpenAsync(database, _nation.Nation.Keys)));
        var placed = 0L;
        var taking = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _nation.TakeAsync(count: 4))));
        while (!taking.IsCompleted) await PlaceAsync();
        await taking;
        await PlaceAsync();

        // Each leaf was placed by one of them, and who was second doesn't say that it did.
        Assert.Equal(_nation.Query<long>("SELECT count(*) FROM journal").Single(), placed);
        var report = await LogAudit.RunAsync(Database, _log);
        Assert.Empty(report.Faults);
        Assert.Equal(0, report.Waiting);
        Assert.Equal(_nation.Query<long>("SELECT count(*) FROM journal").Single(), report.Leaves);
        foreach (var log in logs) log.Dispose();
        foreach (var database in databases) await database.DisposeAsync();

        async Task PlaceAsync() => placed += (await Task.WhenAll(logs.Select(log => Task.Run(log.SequenceAsync)))).Sum();
    }

    [Theory]
    [InlineData("UPDATE log_head SET size = size - 1")]
    [InlineData("UPDATE log_head SET root = (SELECT salt FROM journal WHERE seq = 1)")]
    [InlineData("UPDATE log_tile SET hashes = (SELECT salt FROM journal WHERE seq = 1) WHERE level = 0")]
    [InlineData("DELETE FROM log_tile")]
    [InlineData("DELETE FROM log_head")]
    [InlineData("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")]
    [InlineData("DELETE FROM journal WHERE seq = 2")]
    [InlineData("UPDATE journal SET actor = 'someone else' WHERE seq = 3")]
    [InlineData("UPDATE journal SET detail = 'other' WHERE act = 'issue'")]
    public async Task F11_a_log_that_does_not_fit_together_is_refused_at_the_start(string tampering)
    {
        await _nation.TakeAsync();
        await _log.SequenceAsync();
        (await OpenAsync()).Dispose();
        _nation.Query<int>(tampering);
        await Assert.ThrowsAsync<LogMismatchException>(OpenAsync);
    }

    [Fact]
    public async Task F11_a_head_under_an_older_checkpoint_is_refused_at_the_start()
    {
        await _nation.TakeAsync();
        await _log.SequenceAsync();
        var older = (await _log.HeadAsync())!.Checkpoint;
        await _nation.TakeAsync();
        await _log.SequenceAsync();
        (await OpenAsync()).Dispose();
        await Database.CommitAsync(new Statement("UPDATE log_head SET checkpoint = @older", new { older }));
        await Assert.ThrowsAsync<LogMismatchException>(OpenAsync);
    }

    [Fact]
    public async Task F11_a_row_that_was_changed_together_with_its_tile_is_refused_at_the_start()
    {
        await _nation.TakeAsync();
        await _log.SequenceAsync();
        await Database.CommitAsync(new Statement("UPDATE journal SET actor = 'someone else' WHERE seq = 2", new { }));
        var hash = LeafRecord.HashOf((await Journal.SequencedAsync(Database, 2, 3)).Single());
        var tile = (await LogTiles.FindAsync(Database, 0, 0))!;
        hash.CopyTo(tile, 2 * MerkleTree.HashLength);
        await Database.CommitAsync(LogTiles.Put(0, 0, tile));
        await Assert.ThrowsAsync<LogMismatchException>(OpenAsync);
    }

    [Theory]
    [InlineData("UPDATE journal SET actor = 'someone else' WHERE seq = 3", "tile/0/000")]
    [InlineData("DELETE FROM credential", "it is gone")]
    [InlineData("DELETE FROM status_slot", "the status slot")]
    [InlineData("UPDATE status_slot SET status = 1", "the status slot")]
    [InlineData("UPDATE credential SET revoked_at = 1", "whether it is revoked")]
    [InlineData("UPDATE credential SET to_be_signed = disclosures", "the bytes that were signed")]
    [InlineData("UPDATE credential SET to_be_signed_digest = 'other' WHERE ordinal = 0 AND id = (SELECT max(id) FROM credential WHERE ordinal = 0)", "no leaf speaks of the record")]
    [InlineData("DELETE FROM journal WHERE seq = 1", "1 rows are missing")]
    [InlineData("UPDATE status_publication SET token = 'another' WHERE format = 'token'", "is not that of its digest")]
    [InlineData("UPDATE status_publication SET token_digest = 'another'", "no leaf speaks of a version of the list")]
    [InlineData("UPDATE status_publication SET version = 2 WHERE format = 'bitstring-revocation'", "no leaf speaks of a version of the list")]
    public async Task F11_an_audit_names_what_was_altered(string tampering, string words)
    {
        for (var i = 0; i < 3; i++) await _nation.TakeAsync(count: 8);
        foreach (var format in (string[])[StatusListPublisher.TokenFormat, .. StatusListPublisher.BitstringFormats.Values])
            await _nation.StatusLists.FindAsync((await StatusLists.IdsAsync(Database)).Single(), format);
        await _log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(Database, _log)).Faults);
        _nation.Query<int>(tampering);
        Assert.Contains((await LogAudit.RunAsync(Database, _log)).Faults, fault => fault.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task F11_a_revocation_that_is_taken_back_quietly_is_named()
    {
        await _nation.TakeAsync();
        var record = (await Credentials.ListAsync(Database)).Single();
        await _nation.Revoker.RevokeAsync(record.Id, "why");
        await _log.SequenceAsync();
        _nation.Query<int>("UPDATE credential SET revoked_at = NULL");
        _nation.Query<int>("UPDATE status_slot SET status = 0");
        Assert.Contains((await LogAudit.RunAsync(Database, _log)).Faults, fault => fault.StartsWith(record.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task F10_a_database_that_was_put_back_is_refused_by_a_server_that_remembers()
    {
        var memory = new LogMemory(_folder.File("log-head"));
        using (var log = await PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory))
        {
            await _nation.TakeAsync();
            await log.SequenceAsync();
            await _nation.TakeAsync();
            await log.SequenceAsync();
        }

        (await PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory)).Dispose();
        _nation.Query<int>("UPDATE journal SET seq = NULL");
        _nation.Query<int>("DELETE FROM log_head");
        _nation.Query<int>("DELETE FROM log_tile");
        var failure = await Assert.ThrowsAsync<LogMismatchException>(() => PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory));
        Assert.Contains("older state", failure.Message);
    }

    [Fact]
    public async Task F10_a_database_that_is_put_back_under_a_running_server_gets_no_other_log()
    {
        var memory = new LogMemory(_folder.File("log-head"));
        using var log = await PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory);
        await _nation.TakeAsync();
        await log.SequenceAsync();
        var before = (await log.HeadAsync())!;
        var state = _nation.Query<string>("SELECT id FROM journal WHERE seq IS NOT NULL").ToList();
        await _nation.TakeAsync();
        await log.SequenceAsync();
        var published = (await log.HeadAsync())!;

        // What a failover to a server that had not heard of the last commits comes to.
        _nation.Query<int>($"DELETE FROM journal WHERE seq >= {before.Size}");
        await Database.CommitAsync(new Statement("UPDATE log_head SET size = @Size, root = @Root, checkpoint = @Checkpoint", new { before.Size, before.Root, before.Checkpoint }));
        Assert.Equal(before.Size, state.Count);
        await _nation.TakeAsync();
        for (var again = 0; again < 2; again++)
            Assert.Contains("put back", (await Assert.ThrowsAsync<LogMismatchException>(log.SequenceAsync)).Message);
        Assert.True(log.WasPutBack);
        Assert.Equal(before.Size, (await log.HeadAsync())!.Size);

        // Whoever remembers nothing goes on from there, past what was published: that is no continuation of it either.
        using (var forgetful = await OpenAsync())
        {
            for (var i = 0; i < 3; i++) await _nation.TakeAsync();
            await forgetful.SequenceAsync();
        }

        Assert.InRange((await log.HeadAsync())!.Size, published.Size + 1, long.MaxValue);
        Assert.Contains("put back", (await Assert.ThrowsAsync<LogMismatchException>(log.SequenceAsync)).Message);

        // And whoever starts on it, too.
        Assert.Contains($"its first {published.Size} leaves", (await Assert.ThrowsAsync<LogMismatchException>(() => PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory))).Message);
    }

    [Fact]
    public async Task What_another_server_placed_is_remembered_too()
    {
        var memory = new LogMemory(_folder.File("log-head"));
        using var log = await PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory);
        await _nation.TakeAsync();
        await _log.SequenceAsync();
        Assert.Equal(0, await log.SequenceAsync());
        Assert.Equal((await log.HeadAsync())!.Checkpoint, await File.ReadAllTextAsync(_folder.File("log-head"), TestContext.Current.CancellationToken));

        // By who starts after it was placed, too.
        await _nation.TakeAsync();
        await _log.SequenceAsync();
        (await PublicLog.OpenAsync(Database, _nation.Nation.Keys, memory)).Dispose();
        Assert.Equal((await log.HeadAsync())!.Checkpoint, await File.ReadAllTextAsync(_folder.File("log-head"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_commit_of_which_the_answer_is_lost_does_not_put_leaves_twice()
    {
        await _nation.TakeAsync();
        _nation.Nation.Store.Trip("BEFORE INSERT ON log_tile");
        await Assert.ThrowsAnyAsync<Exception>(_log.SequenceAsync);
        _nation.Nation.Store.Mend("log_tile");
        Assert.Equal(0, _nation.Query<long>("SELECT count(seq) FROM journal").Single());
        await _log.SequenceAsync();
        Assert.Empty((await LogAudit.RunAsync(Database, _log)).Faults);
    }

    private static string? Act(byte[] entry) => (string?)JsonNode.Parse(entry)!["act"];

    private Task<PublicLog> OpenAsync() => PublicLog.OpenAsync(Database, _nation.Nation.Keys);

    private async Task<IReadOnlyList<byte[]>> EntriesAsync()
    {
        var size = (await _log.HeadAsync())!.Size;
        var entries = new List<byte[]>();
        for (var bundle = 0L; Tile.At(0, bundle, size) is { } tile; bundle++)
            entries.AddRange(EntryBundle.Decode(await _log.EntriesAsync(tile), tile.Width));
        return entries;
    }
}
