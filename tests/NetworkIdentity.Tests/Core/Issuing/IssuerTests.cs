using System.Data.Common;
using System.Security.Cryptography;
using NetworkIdentity.Issuing;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Issuing;

/// <summary>The record first, durable, then the signature.</summary>
public sealed class IssuerTests
{
    [Fact]
    public async Task I1_record_bytes_slot_and_journal_are_in_the_database_before_any_signature_is_made()
    {
        await using var nation = await TestIssuing.StartAsync();
        var seen = new List<string>();
        nation.BeforeSigning(KeyPurpose.Credential, data =>
        {
            var bytes = data.ToArray();
            var id = Assert.Single(nation.Query<string>("SELECT id FROM credential WHERE to_be_signed = @bytes", new { bytes }));
            Assert.Single(nation.Query<long>("SELECT s.idx FROM status_slot s JOIN credential c ON s.list_id = c.list_id AND s.idx = c.idx AND s.credential_id = c.id WHERE c.id = @id", new { id }));
            Assert.Equal(["founder"], nation.Query<string>("SELECT actor FROM journal WHERE act = 'issue' AND subject = @id", new { id }));
            Assert.Equal(3, nation.Query<long>("SELECT count(*) FROM credential").Single());
            seen.Add(System.Text.Encoding.ASCII.GetString(bytes));
        });
        var credentials = await nation.TakeAsync(count: 3);
        Assert.Equal(3, seen.Count);

        // And what was kept is what was given.
        Assert.Equal(seen, credentials.Select(credential => System.Text.Encoding.ASCII.GetString(credential.IssuerSigned.SigningInput.Span)));
        foreach (var credential in credentials)
        {
            var digest = Base64Url.Encode(SHA256.HashData(credential.IssuerSigned.SigningInput.Span));
            Assert.Single(nation.Query<string>("SELECT id FROM credential WHERE to_be_signed_digest = @digest", new { digest }));
        }
    }

    [Fact]
    public async Task F1_I2_a_signature_that_fails_leaves_a_record_that_a_retry_gets_and_that_can_be_revoked()
    {
        await using var nation = await TestIssuing.StartAsync();
        var broken = true;
        nation.BeforeSigning(KeyPurpose.Credential, _ =>
        {
            if (broken) throw new CryptographicException("the key is out of reach");
        });
        var (token, holder) = (await nation.TokenAsync(), TestWallet.NewKey());
        await Assert.ThrowsAsync<CryptographicException>(async () => await nation.Issuer.IssueAsync(token, await nation.RequestAsync([holder])));
        var record = Assert.Single(await Credentials.ListAsync(nation.Nation.Database));

        // The retry, with a fresh nonce and the same key, is answered from the record.
        broken = false;
        var issued = await nation.Issuer.IssueAsync(token, await nation.RequestAsync([holder]));
        Assert.Equal(record.ToBeSigned, SdJwt.Parse((string)issued.Credentials.Single()!).IssuerSigned.SigningInput.ToArray());
        Assert.Equal(record.NotificationId, issued.NotificationId);
        Assert.Single(await Credentials.ListAsync(nation.Nation.Database));
        Assert.NotNull((await nation.Revoker.RevokeAsync(record.Id, "it was never delivered")).Single().RevokedAt);
    }

    [Theory]
    [InlineData("credential")]
    [InlineData("status_slot")]
    [InlineData("journal")]
    [InlineData("spent")]
    public async Task A_commit_that_fails_gives_no_credential_makes_no_signature_and_leaves_nothing(string table)
    {
        await using var nation = await TestIssuing.StartAsync();
        await nation.TakeAsync();
        var signatures = 0;
        nation.BeforeSigning(KeyPurpose.Credential, _ => signatures++);
        var (token, holder, nonce) = (await nation.TokenAsync(), TestWallet.NewKey(), nation.Nonces.Make());
        var before = Counts();
        nation.Nation.Store.Trip($"BEFORE INSERT ON {table}");
        var failure = await Assert.ThrowsAnyAsync<DbException>(async () => await nation.Issuer.IssueAsync(token, await nation.RequestAsync([holder], nonce: nonce)));
        Assert.Contains("made to fail", failure.Message);
        Assert.Equal(0, signatures);
        Assert.Equal(before, Counts());

        // Nothing was spent by it: the same request succeeds once the fault is gone.
        nation.Nation.Store.Mend(table);
        Assert.Single((await nation.Issuer.IssueAsync(token, await nation.RequestAsync([holder], nonce: nonce))).Credentials);
        Assert.Equal(1, signatures);

        string Counts() => string.Join(' ', ((string[])["credential", "status_slot", "journal", "spent"]).Select(name => nation.Query<long>($"SELECT count(*) FROM {name}").Single()));
    }

    [Fact]
    public async Task I9_a_batch_is_whole_or_not_at_all()
    {
        await using var nation = await TestIssuing.StartAsync();
        await nation.TakeAsync();
        nation.Nation.Store.Trip("BEFORE INSERT ON credential", "NEW.ordinal = 4");
        await Assert.ThrowsAnyAsync<DbException>(() => nation.TakeAsync(count: 8));
        Assert.Single(await Credentials.ListAsync(nation.Nation.Database));
        Assert.Single(nation.Query<long>("SELECT idx FROM status_slot"));
    }

    [Fact]
    public async Task A_batch_of_eight_shares_nothing_that_links_its_credentials()
    {
        await using var nation = await TestIssuing.StartAsync();
        var credentials = await nation.TakeAsync(8, "membership", ("display_name", "Ana"), ("tier", "citizen"));
        var claims = credentials.ConvertAll(credential => credential.IssuerSigned.Claims());

        var slots = claims.ConvertAll(claim => claim["status"]!["status_list"]!["idx"]!.GetValue<long>());
        Assert.Equal(8, slots.Distinct().Count());
        Assert.InRange(slots.Max() - slots.Min(), 1000, StatusSlots.ListSize);
        Assert.NotEqual(slots.Order().Select((slot, i) => slots.Min() + i), slots);

        var disclosures = credentials.SelectMany(credential => credential.Disclosures).ToList();
        Assert.Equal(disclosures.Count, disclosures.Select(disclosure => disclosure.Salt).Distinct().Count());
        Assert.All(disclosures, disclosure => Assert.Equal(16, Base64Url.Decode(disclosure.Salt).Length));
        var digests = claims.SelectMany(claim => claim["_sd"]!.AsArray().Select(digest => digest!.GetValue<string>())).ToList();
        Assert.Equal(digests.Count, digests.Distinct().Count());
        Assert.Equal(8, claims.Select(claim => claim["cnf"]!["jwk"]!["x"]!.GetValue<string>()).Distinct().Count());

        // Times of a day, not of a moment; and the same for everyone of the day.
        Assert.All(claims, claim =>
        {
            Assert.Equal(0, claim["iat"]!.GetValue<long>() % 86400);
            Assert.Equal(365 * 86400, claim["exp"]!.GetValue<long>() - claim["iat"]!.GetValue<long>());
            Assert.Equal(["_sd", "_sd_alg", "charter_version", "cnf", "exp", "iat", "iss", "status", "vct"], claim.Select(member => member.Key).Order(StringComparer.Ordinal));
        });
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(claims[0]["iat"]!.GetValue<long>()), nation.Nation.Time.GetUtcNow().AddDays(-1), nation.Nation.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_offer_gives_eight_credentials_and_not_one_more()
    {
        await using var nation = await TestIssuing.StartAsync();
        var token = await nation.TokenAsync();
        var keys = Enumerable.Range(0, 8).Select(_ => TestWallet.NewKey()).ToList();
        await nation.Issuer.IssueAsync(token, await nation.RequestAsync(keys));
        Assert.Equal("credential_request_denied", (await Assert.ThrowsAsync<Refusal>(async () =>
            await nation.Issuer.IssueAsync(token, await nation.RequestAsync([TestWallet.NewKey()])))).Code);
        Assert.Equal(8, (await nation.Issuer.IssueAsync(token, await nation.RequestAsync(keys))).Credentials.Count);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), nation.Query<long>("SELECT ordinal FROM credential ORDER BY ordinal"));
    }

    [Fact]
    public async Task How_many_claims_a_credential_has_can_not_be_counted()
    {
        await using var nation = await TestIssuing.StartAsync();
        var few = (await nation.TakeAsync())[0];
        var many = (await nation.TakeAsync(1, "membership", ("display_name", "Ana"), ("node", "Lisbon"), ("rights", "vote,speak")))[0];
        Assert.NotEqual(few.Disclosures.Count, many.Disclosures.Count);
        Assert.Equal(few.IssuerSigned.Claims()["_sd"]!.AsArray().Count, many.IssuerSigned.Claims()["_sd"]!.AsArray().Count);
    }

    [Fact]
    public async Task I13_what_is_said_of_a_member_and_what_opens_doors_is_nowhere_on_the_disk_in_the_clear()
    {
        await using var nation = await TestIssuing.StartAsync();
        const string name = "Ana Unforgettable";
        var made = await nation.Offering.MakeAsync("membership", null, new Dictionary<string, string> { ["display_name"] = name }, withTransactionCode: true);
        var code = (await nation.Offering.FindAsync(made.Id))!.Offer.ToJson()["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();
        var (token, _) = await nation.Offering.RedeemAsync(code, made.TransactionCode, null);
        var credential = SdJwt.Parse((string)(await nation.Issuer.IssueAsync(token, await nation.RequestAsync([TestWallet.NewKey()]))).Credentials[0]!);
        Assert.Contains(credential.Disclosures, disclosure => disclosure.Value!.ToString() == name);

        var disk = nation.Nation.BytesAtRest();
        foreach (var secret in (string[])[name, code, token, .. credential.Disclosures.Select(disclosure => disclosure.Encoded), .. credential.Disclosures.Select(disclosure => disclosure.Salt)])
            Assert.True(disk.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, secret);

        // What is looked for would be found: the bytes that were signed lie there.
        Assert.True(disk.AsSpan().IndexOf(credential.IssuerSigned.SigningInput.Span) >= 0);
    }

    [Fact]
    public async Task A_slot_that_is_taken_is_left_and_another_one_tried()
    {
        await using var nation = await TestIssuing.StartAsync();
        nation.Nation.Store.Trip("BEFORE INSERT ON status_slot", "NEW.idx % 2 = 0", isIgnored: true);
        for (var i = 0; i < 8; i++) await nation.TakeAsync();
        Assert.All(nation.Query<long>("SELECT idx FROM credential"), slot => Assert.Equal(1, slot % 2));
        Assert.Equal(8, nation.Query<long>("SELECT count(*) FROM status_slot").Single());
    }

    [Fact]
    public async Task I3_many_at_once_get_slots_of_their_own()
    {
        await using var nation = await TestIssuing.StartAsync();
        await nation.TakeAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => nation.TakeAsync(count: 2))));
        var slots = nation.Query<string>("SELECT list_id || '/' || idx FROM credential");
        Assert.Equal(41, slots.Count);
        Assert.Equal(41, slots.Distinct().Count());
        Assert.Equal(41, nation.Query<long>("SELECT count(*) FROM status_slot").Single());
    }

    [Fact]
    public async Task A_list_that_is_closed_gives_no_more_slots_and_the_next_one_is_opened()
    {
        await using var nation = await TestIssuing.StartAsync();
        await nation.TakeAsync();
        nation.Query<int>("UPDATE status_list SET closed_at = 1");
        await nation.TakeAsync();
        await nation.TakeAsync();
        Assert.Equal(2, nation.Query<string>("SELECT id FROM status_list").Count);
        Assert.Equal([1L, 2L], nation.Query<long>("SELECT count(*) FROM credential GROUP BY list_id ORDER BY 1"));
    }
}
