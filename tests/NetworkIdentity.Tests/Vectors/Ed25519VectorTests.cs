using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Crypto;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>Both libraries against Wycheproof and C2SP/CCTV, whose edge cases show the one rule that Ed25519 documents.</summary>
public sealed class Ed25519VectorTests
{
    [Theory]
    [InlineData("libsodium")]
    [InlineData("libcrypto")]
    public void Wycheproof_is_judged_as_it_says(string name)
    {
        var library = Ed25519Libraries.Named(name);
        var file = VectorFiles.Json("wycheproof/ed25519_test.json");
        var (cases, valid) = (0, 0);
        foreach (var group in file["testGroups"]!.AsArray())
        {
            var key = Hex(group!["publicKey"]!["pk"]);
            foreach (var test in group["tests"]!.AsArray())
            {
                var accepted = Ed25519.Verify(library, key, Hex(test!["msg"]), Hex(test["sig"]));
                Assert.True(accepted == (test["result"]!.GetValue<string>() == "valid"), $"tcId {test["tcId"]} {test["comment"]}");
                cases++;
                if (accepted) valid++;
            }
        }

        Assert.Equal((int)file["numberOfTests"]!, cases);
        Assert.Equal(88, valid);
        VectorFiles.Passed(cases);
    }

    /// <summary>Accepted: a torsion component in A or R, as long as the equation holds without the cofactor. All else is refused.</summary>
    [Theory]
    [InlineData("libsodium")]
    [InlineData("libcrypto")]
    public void The_edge_cases_of_CCTV_are_judged_by_one_rule(string name)
    {
        var library = Ed25519Libraries.Named(name);
        string[] tolerated = ["low_order_component_A", "low_order_component_R"];
        var (cases, valid) = (0, 0);
        foreach (var test in VectorFiles.Json("ed25519-edge/cctv.json").AsArray())
        {
            var flags = test!["flags"]?.AsArray().Select(flag => flag!.GetValue<string>()) ?? [];
            var accepted = Ed25519.Verify(library, Hex(test["key"]), System.Text.Encoding.UTF8.GetBytes((string)test["msg"]!), Hex(test["sig"]));
            Assert.True(accepted == flags.All(tolerated.Contains), $"number {test["number"]}: {string.Join(' ', flags)}");
            cases++;
            if (accepted) valid++;
        }

        Assert.Equal(914, cases);
        Assert.Equal(43, valid);
        VectorFiles.Passed(cases);
    }

    private static byte[] Hex(JsonNode? node) => Convert.FromHexString(node!.GetValue<string>());
}
