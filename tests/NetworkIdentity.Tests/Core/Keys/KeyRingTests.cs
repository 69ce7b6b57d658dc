using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dapper;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Keys;

public sealed class KeyRingTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Private_keys_are_nowhere_on_the_disk_in_the_clear()
    {
        await using var nation = await TestNation.FoundAsync();
        var disk = nation.BytesAtRest();
        var secrets = 0;
        foreach (var row in await SigningKeys.AllAsync(nation.Database))
        {
            var plain = nation.Keys.Sealing.Open(row.PrivateKey, $"signing_key/{row.Kid}");
            foreach (var secret in SecretsOf(row.Algorithm, plain))
            {
                Assert.True(disk.AsSpan().IndexOf(secret) < 0, row.Purpose);
                secrets++;
            }

            // What is looked for would be found: the sealed form lies there.
            Assert.True(disk.AsSpan().IndexOf(row.PrivateKey) >= 0, row.Purpose);
        }

        Assert.InRange(secrets, 9, int.MaxValue);
        Assert.True(disk.AsSpan().IndexOf("PRIVATE KEY"u8) < 0);
        Assert.True(disk.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(TestNation.Secret)) < 0);
    }

    [Fact]
    public async Task A_private_key_that_was_moved_to_another_row_does_not_open()
    {
        await using var nation = await TestNation.FoundAsync();
        await using (var connection = nation.Store.Connect())
        {
            Assert.Equal(1, await connection.ExecuteAsync(
                "UPDATE signing_key SET private_key = (SELECT private_key FROM signing_key WHERE purpose = 'request') WHERE purpose = 'credential'"));
        }

        await Assert.ThrowsAnyAsync<CryptographicException>(() => Founding.OpenAsync(nation.Database, nation.Time, TestNation.Secret));
    }

    [Fact]
    public async Task Another_secret_opens_nothing_and_the_right_one_still_does()
    {
        await using var nation = await TestNation.FoundAsync();
        await Assert.ThrowsAnyAsync<CryptographicException>(() => Founding.OpenAsync(nation.Database, nation.Time, TestNation.Secret + "!"));
        var again = (await Founding.OpenAsync(nation.Database, nation.Time, TestNation.Secret))!;
        Assert.Equal(nation.Keys.Keys.Select(key => key.Kid), again.Keys.Select(key => key.Kid));
        Assert.Equal(nation.Keys.Derive("use"), again.Derive("use"));
    }

    [Fact]
    public async Task Each_purpose_has_a_key_of_its_own_in_each_of_its_algorithms_named_by_its_thumbprint()
    {
        await using var nation = await TestNation.FoundAsync();
        var keys = nation.Keys.Keys;
        Assert.Equal(
            KeyPurpose.All.Where(purpose => purpose.IsByTime).SelectMany(purpose => purpose.Algorithms.Select(algorithm => (purpose.Name, algorithm))).Order(),
            keys.Where(key => key.Purpose.IsByTime).Select(key => (key.Purpose.Name, key.Algorithm)).Order());
        Assert.Equal(keys.Count, keys.Select(key => key.Kid).Distinct().Count());
        Assert.All(keys.Where(key => key.Signing is not null), key =>
        {
            Assert.Equal(key.Signing!.PublicKey.Thumbprint(), key.Kid);
            Assert.Equal(key.Kid, key.Signing.KeyId);
            Assert.Equal(key.Algorithm, key.Signing.Algorithm);
        });
        foreach (var purpose in KeyPurpose.All.Where(purpose => purpose.IsByTime && purpose != KeyPurpose.Subject))
            foreach (var algorithm in purpose.Algorithms) Assert.Equal(algorithm, nation.Keys.Current(purpose, algorithm).Algorithm);
    }

    [Fact]
    public async Task A_successor_is_published_before_it_signs_and_the_old_key_as_long_as_what_it_signed_counts()
    {
        await using var nation = await TestNation.FoundAsync();
        var first = nation.Keys.CurrentKey(KeyPurpose.Credential);

        // Before its time there is no successor.
        await MoveToAsync(nation, first.RetireAfter - KeyRing.Overlap - Moment);
        Assert.Same(first, Assert.Single(nation.Keys.Published(KeyPurpose.Credential)));

        // Then it is there and published, and does not sign.
        await MoveToAsync(nation, first.RetireAfter - KeyRing.Overlap + Moment);
        var second = nation.Keys.Published(KeyPurpose.Credential)[1];
        Assert.Equal((2, 2), (second.Generation, nation.Keys.Published(KeyPurpose.Credential).Count));
        Assert.NotEqual(first.Kid, second.Kid);
        Assert.InRange(second.NotBefore, nation.Time.GetUtcNow() + TimeSpan.FromDays(6), first.RetireAfter);
        Assert.Same(first, nation.Keys.CurrentKey(KeyPurpose.Credential));

        // A renewal in between makes no third.
        await MoveToAsync(nation, second.NotBefore - Moment);
        Assert.Equal(2, nation.Keys.Published(KeyPurpose.Credential).Count);
        Assert.Same(first, nation.Keys.CurrentKey(KeyPurpose.Credential));

        // From its not-before it signs; the old one is published until what it signed last has ended.
        await MoveToAsync(nation, second.NotBefore + Moment);
        Assert.Same(second, nation.Keys.CurrentKey(KeyPurpose.Credential));
        Assert.Equal(first.RetireAfter + KeyPurpose.Credential.OutlivedBy, first.PublishUntil);
        await MoveToAsync(nation, first.PublishUntil - Moment);
        Assert.Contains(first, nation.Keys.Published(KeyPurpose.Credential));
        await MoveToAsync(nation, first.PublishUntil + Moment);
        Assert.DoesNotContain(first, nation.Keys.Published(KeyPurpose.Credential));
        Assert.Contains(first, nation.Keys.Keys);
    }

    [Fact]
    public async Task The_secret_of_subjects_is_never_another()
    {
        await using var nation = await TestNation.FoundAsync();
        var before = nation.Keys.CurrentKey(KeyPurpose.Subject);
        await MoveToAsync(nation, nation.Time.GetUtcNow() + TimeSpan.FromDays(365 * 30));
        Assert.Same(before, nation.Keys.CurrentKey(KeyPurpose.Subject));
        Assert.Single(nation.Keys.Keys, key => key.Purpose == KeyPurpose.Subject);
    }

    [Fact]
    public async Task F7_servers_that_renew_at_once_make_one_generation_and_agree_on_it()
    {
        await using var nation = await TestNation.FoundAsync();
        await using var otherDatabase = nation.OpenDatabase();
        var other = (await Founding.OpenAsync(otherDatabase, nation.Time, TestNation.Secret))!;
        nation.Time.Move(nation.Keys.CurrentKey(KeyPurpose.Credential).RetireAfter - KeyRing.Overlap + Moment - nation.Time.GetUtcNow());

        await Task.WhenAll(Task.Run(nation.Keys.RenewAsync), Task.Run(other.RenewAsync));
        await Task.WhenAll(nation.Keys.RenewAsync(), other.RenewAsync());
        Assert.Equal(nation.Keys.Keys.Select(key => key.Kid), other.Keys.Select(key => key.Kid));
        Assert.Equal(2, nation.Keys.Keys.Count(key => key.Purpose == KeyPurpose.Credential));
        Assert.All(nation.Keys.Keys.GroupBy(key => (key.Purpose, key.Algorithm, key.Generation)), generation => Assert.Single(generation));
        await SignAndVerifyAsync(nation.Keys, other);
    }

    [Fact]
    public async Task A_nation_that_slept_for_years_wakes_with_keys_in_their_time()
    {
        await using var nation = await TestNation.FoundAsync();
        var before = nation.Keys.CurrentKey(KeyPurpose.Credential);
        nation.Time.Move(TimeSpan.FromDays(365 * 2));
        Assert.Throws<InvalidOperationException>(() => nation.Keys.CurrentKey(KeyPurpose.Credential));

        await nation.Keys.RenewAsync();
        Assert.NotSame(before, nation.Keys.CurrentKey(KeyPurpose.Credential));
        Assert.Contains(before, nation.Keys.Published(KeyPurpose.Credential));
        await SignAndVerifyAsync(nation.Keys, nation.Keys);
    }

    [Fact]
    public async Task Every_leaf_leads_to_a_root_and_outlives_what_it_signs_through_the_roots_own_succession()
    {
        await using var nation = await TestNation.FoundAsync();
        var first = nation.Keys.CurrentKey(KeyPurpose.Root);
        await MoveToAsync(nation, first.RetireAfter - TimeSpan.FromDays(400));
        while (nation.Time.GetUtcNow() < first.RetireAfter + TimeSpan.FromDays(400))
        {
            await MoveToAsync(nation, nation.Time.GetUtcNow() + TimeSpan.FromDays(5));
            foreach (var purpose in (KeyPurpose[])[KeyPurpose.Credential, KeyPurpose.StatusList, KeyPurpose.Request, KeyPurpose.Tls])
            {
                var leaf = nation.Keys.CurrentKey(purpose);
                var at = nation.Time.GetUtcNow();
                Assert.True(Leads(leaf.Certificate!, nation.Keys.Roots, at), $"{purpose.Name} at {at}");
                Assert.True(leaf.Certificate!.NotAfter.ToUniversalTime() >= leaf.PublishUntil.UtcDateTime, $"{purpose.Name} at {at}");
                Assert.True(Leads(leaf.Certificate, nation.Keys.Roots, leaf.PublishUntil - Moment), $"{purpose.Name} of {at} at its end");
            }
        }

        Assert.NotSame(first, nation.Keys.CurrentKey(KeyPurpose.Root));
        Assert.Equal(2, nation.Keys.Roots.Count);
    }

    [Fact]
    public async Task A_leaf_that_is_made_while_the_next_root_is_only_published_is_signed_by_the_one_in_its_time()
    {
        await using var nation = await TestNation.FoundAsync();
        var first = nation.Keys.CurrentKey(KeyPurpose.Root);
        await MoveToAsync(nation, first.RetireAfter - TimeSpan.FromDays(10));
        Assert.Equal(2, nation.Keys.Roots.Count);
        Assert.Same(first, nation.Keys.CurrentKey(KeyPurpose.Root));
        var leaf = nation.Keys.CurrentKey(KeyPurpose.Credential).Certificate!;
        Assert.True(Leads(leaf, [first.Certificate!], nation.Time.GetUtcNow()));
    }

    internal static bool Leads(X509Certificate2 leaf, IEnumerable<X509Certificate2> roots, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots.ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.UtcDateTime;
        return chain.Build(leaf);
    }

    private static async Task MoveToAsync(TestNation nation, DateTimeOffset to)
    {
        nation.Time.Move(to - nation.Time.GetUtcNow());
        await nation.Keys.RenewAsync();
    }

    private static async Task SignAndVerifyAsync(KeyRing signer, KeyRing reader)
    {
        var key = signer.Current(KeyPurpose.Credential);
        using var published = VerificationKey.Import(reader.Published(KeyPurpose.Credential).Single(held => held.Kid == key.KeyId).Signing!.PublicKey);
        byte[] data = [1, 2, 3];
        var signature = await key.SignAsync(data);
        Assert.True(published.Verify(key.Algorithm, data, signature));
    }

    /// <summary>The numbers that must not be seen; the rest of PKCS#8 is public.</summary>
    private static IEnumerable<byte[]> SecretsOf(string algorithm, byte[] plain)
    {
        switch (algorithm)
        {
            case "ES256":
                using (var ec = ECDsa.Create())
                {
                    ec.ImportPkcs8PrivateKey(plain, out _);
                    return [ec.ExportParameters(true).D!];
                }

            case "RS256":
                using (var rsa = RSA.Create())
                {
                    rsa.ImportPkcs8PrivateKey(plain, out _);
                    var numbers = rsa.ExportParameters(true);
                    return [numbers.D![..32], numbers.P![..32], numbers.Q![..32]];
                }

            default:
                Assert.Equal(32, plain.Length);
                return [plain];
        }
    }
}
