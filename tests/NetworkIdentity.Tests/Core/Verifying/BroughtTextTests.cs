using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.Tests.Core.Verifying;

public class BroughtTextTests
{
    [Fact]
    public void A67_what_is_told_of_a_credential_is_what_its_proof_can_tell()
    {
        // To a proof by JCS both numbers are one, so that a stranger could write the other.
        foreach (var number in (string[])["9007199254740992", "9007199254740993", "9007199254740992.0"])
        {
            var (kind, secured) = Assert.Single(BroughtText.Read($$"""{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"n":[{{number}}],"a":"\u00e9"}"""));
            Assert.Equal(BroughtText.Kind.Credential, kind);
            Assert.Equal("""{"@context":["https://www.w3.org/ns/credentials/v2"],"a":"é","n":[9007199254740992],"type":["VerifiableCredential"]}""", StrictJson.WriteText(secured));
        }

        var refusal = Assert.Throws<Refusal>(() => BroughtText.Read("""{"type":"VerifiableCredential","n":1e400}"""));
        Assert.Equal("MALFORMED_VALUE_ERROR", refusal.Code);
    }

    [Fact]
    public void Of_evidence_it_is_said_where_that_is_checked()
    {
        var refusal = Assert.Throws<Refusal>(() => BroughtText.Read($$"""{"format":"{{EvidenceVerifier.Format}}","credential":"a","type":[]}"""));
        Assert.Equal("it is evidence of a credential: check it at /verify/offline, or by netid verify --offline", refusal.Description);
    }
}
