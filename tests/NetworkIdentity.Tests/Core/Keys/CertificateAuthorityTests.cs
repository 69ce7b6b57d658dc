using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NetworkIdentity.Keys;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Core.Keys;

/// <summary>The nation's certificates, read as a stranger reads them.</summary>
public sealed class CertificateAuthorityTests : IDisposable
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = From.AddYears(3);

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public CertificateAuthorityTests() => _root = CertificateAuthority.CreateRoot("Nation", _rootKey, From, From.AddYears(25));

    public void Dispose()
    {
        _rootKey.Dispose();
        _leafKey.Dispose();
        _root.Dispose();
    }

    [Fact]
    public void The_root_is_an_authority_for_leaves_alone()
    {
        var constraints = _root.Extensions.OfType<X509BasicConstraintsExtension>().Single();
        Assert.True(constraints is { Critical: true, CertificateAuthority: true, HasPathLengthConstraint: true, PathLengthConstraint: 0 });
        var usage = _root.Extensions.OfType<X509KeyUsageExtension>().Single();
        Assert.True(usage.Critical);
        Assert.Equal(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, usage.KeyUsages);
        Assert.Equal(_root.SubjectName.RawData, _root.IssuerName.RawData);
        Assert.Contains("CN=Nation root", _root.Subject);
    }

    [Fact]
    public void A_leaf_is_no_authority_signs_alone_and_names_its_root()
    {
        using var leaf = Leaf(KeyPurpose.Credential, "https://nation.example");
        Assert.True(leaf.Extensions.OfType<X509BasicConstraintsExtension>().Single() is { Critical: true, CertificateAuthority: false });
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, leaf.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal(_root.SubjectName.RawData, leaf.IssuerName.RawData);
        Assert.Equal(
            _root.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifierBytes.ToArray(),
            leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.ToArray());
        Assert.InRange(leaf.SerialNumberBytes.Length, 8, 20);
    }

    [Theory]
    [InlineData("https://nation.example", "nation.example")]
    [InlineData("https://nation.example/a/path", "nation.example")]
    [InlineData("http://localhost:5080", "localhost")]
    [InlineData("http://localhost:5080/nation", "localhost")]
    [InlineData("https://nation.example:8443", "nation.example")]
    public void The_leaf_names_the_issuer_as_the_very_string_and_its_host(string issuer, string host)
    {
        using var leaf = Leaf(KeyPurpose.Credential, issuer);
        Assert.Equal([(6, issuer), (2, host)], Names(leaf));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080", "127.0.0.1")]
    [InlineData("http://[::1]:5080", "::1")]
    public void The_leaf_names_a_host_without_a_name_as_an_address(string issuer, string address)
    {
        using var leaf = Leaf(KeyPurpose.Request, issuer);
        Assert.Equal([(6, issuer), (7, address)], Names(leaf));
    }

    [Fact]
    public void The_development_certificate_is_for_this_machine()
    {
        using var leaf = Leaf(KeyPurpose.Tls, "https://nation.example");
        Assert.True(leaf.MatchesHostname("localhost"));
        Assert.True(leaf.MatchesHostname("127.0.0.1"));
        Assert.True(leaf.MatchesHostname("nation.example"));
        Assert.All((string[])["wallet.localhost", "library.localhost", "door.localhost"], host => Assert.True(leaf.MatchesHostname(host)));
        Assert.False(leaf.MatchesHostname("other.example"));
        Assert.DoesNotContain(Names(leaf), name => name.Choice == 6);
    }

    [Fact]
    public void Each_purpose_has_an_extended_key_usage_of_its_own()
    {
        var usages = new List<string>();
        foreach (var purpose in KeyPurpose.All.Where(purpose => purpose.ExtendedKeyUsage is not null))
        {
            using var leaf = Leaf(purpose, "https://nation.example");
            usages.Add(Assert.Single(leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>()).Value!);
            Assert.Equal(purpose.ExtendedKeyUsage, usages[^1]);
        }

        Assert.Equal(5, usages.Distinct().Count());
        Assert.Contains("1.3.6.1.5.5.7.3.1", usages);
    }

    [Fact]
    public void A_leaf_leads_to_its_root_and_to_no_other_of_that_name()
    {
        using var leaf = Leaf(KeyPurpose.Credential, "https://nation.example");
        Assert.True(KeyRingTests.Leads(leaf, [_root], From.AddDays(1)));
        Assert.False(KeyRingTests.Leads(leaf, [_root], Until.AddDays(1)));
        Assert.False(KeyRingTests.Leads(leaf, [], From.AddDays(1)));

        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = CertificateAuthority.CreateRoot("Nation", otherKey, From, From.AddYears(25));
        Assert.False(KeyRingTests.Leads(leaf, [other], From.AddDays(1)));
        Assert.True(KeyRingTests.Leads(leaf, [other, _root], From.AddDays(1)));
    }

    [Fact]
    public void A_leaf_can_not_make_leaves()
    {
        using var leaf = Leaf(KeyPurpose.Credential, "https://nation.example");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=forged", key, HashAlgorithmName.SHA256);
        using var forged = request.Create(leaf.SubjectName, X509SignatureGenerator.CreateForECDsa(_leafKey), From, Until, [1]);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        chain.ChainPolicy.ExtraStore.Add(leaf);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = From.AddDays(1).UtcDateTime;
        Assert.False(chain.Build(forged));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("A nation whose name goes on and on and on, up to the hundred characters that it may have, and no more")]
    [InlineData("123456789012345678901234567890123456789\U0001F30D and on")]
    [InlineData("مدينة, O=evil+CN=\"x\"")]
    public async Task Any_name_that_a_nation_may_have_makes_certificates(string name)
    {
        await using var nation = await TestNation.FoundAsync(name: name);
        var leaf = nation.Keys.CurrentKey(KeyPurpose.Credential).Certificate!;
        Assert.True(KeyRingTests.Leads(leaf, nation.Keys.Roots, nation.Time.GetUtcNow()));
        var common = leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        Assert.InRange(common.Length, 1, 64);
        Assert.StartsWith(common[..^" credential".Length], name, StringComparison.Ordinal);
        Assert.DoesNotContain('\ufffd', leaf.Subject);
    }

    [Fact]
    public async Task X5c_holds_the_leaf_and_never_the_anchor_and_the_leaf_outlives_what_its_key_signs()
    {
        await using var nation = await TestNation.FoundAsync();
        foreach (var held in nation.Keys.Keys.Where(key => key.Certificate is not null && key.Purpose != KeyPurpose.Root))
        {
            Assert.Equal(held.Certificate!.RawData, Assert.Single(held.Signing!.CertificateChain));
            Assert.NotEqual(nation.Keys.Roots[0].RawData, held.Signing.CertificateChain[0]);
            Assert.True(held.Certificate.NotAfter.ToUniversalTime() >= (held.RetireAfter + held.Purpose.OutlivedBy).UtcDateTime, held.Purpose.Name);
            Assert.True(held.Certificate.NotBefore.ToUniversalTime() <= held.NotBefore.UtcDateTime, held.Purpose.Name);
        }

        Assert.Empty(nation.Keys.CurrentKey(KeyPurpose.Root).Signing!.CertificateChain);
        Assert.Empty(nation.Keys.Current(KeyPurpose.IdToken).CertificateChain);
    }

    private X509Certificate2 Leaf(KeyPurpose purpose, string issuer)
    {
        using var root = _root.HasPrivateKey ? new X509Certificate2(_root) : _root.CopyWithPrivateKey(_rootKey);
        return CertificateAuthority.CreateLeaf(root, "Nation", new Uri(issuer), purpose, _leafKey, From, Until);
    }

    /// <summary>The names of the SAN in their order, by GeneralName's choice.</summary>
    private static List<(int Choice, string Value)> Names(X509Certificate2 certificate)
    {
        var names = new List<(int, string)>();
        var reader = new AsnReader(certificate.Extensions[SubjectAlternativeName]!.RawData, AsnEncodingRules.DER).ReadSequence();
        while (reader.HasData)
        {
            var tag = reader.PeekTag();
            names.Add((tag.TagValue, tag.TagValue == 7
                ? new IPAddress(reader.ReadOctetString(tag)).ToString()
                : reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
        }

        return names;
    }
}
