using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Tests.Server.Pages;

/// <summary>The offline kit. What it does is tested in a browser: tests/interop/kit.test.mjs.</summary>
public sealed partial class KitFileTests
{
    private static readonly string Kit = KitFile.Of(new Nation("A <b>bold</b> Nation", "https://nation.example"), "did:webvh:x:nation.example", new DateTimeOffset(2026, 11, 22, 1, 2, 3, TimeSpan.Zero));

    [Fact]
    public void It_holds_each_module_under_a_name_and_imports_none_by_an_address()
    {
        var imports = JsonNode.Parse(Element().Matches(Kit).Single(match => match.Groups["tag"].Value.Contains("importmap", StringComparison.Ordinal)).Groups["text"].Value)!["imports"]!.AsObject();
        Assert.Contains("netid:verifying/evidence.js", imports.Select(module => module.Key));
        Assert.Contains("netid:shared/bytes.js", imports.Select(module => module.Key));
        foreach (var (name, url) in imports)
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(url!.GetValue<string>()["data:text/javascript;base64,".Length..]));
            Assert.Empty(ModuleFiles.ImportsOf("/assets/verifying/x.js", text));
            foreach (Match import in Named().Matches(text)) Assert.True(imports.ContainsKey(import.Groups["name"].Value), $"{name} imports {import.Groups["name"].Value}");
        }
    }

    [Fact]
    public void Its_policy_names_each_script_and_style_in_it_and_lets_nothing_out()
    {
        var policy = Policy().Match(Kit).Groups["policy"].Value;
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("connect-src", policy, StringComparison.Ordinal);
        var held = Element().Matches(Kit).Select(match => match.Groups["text"].Value).ToList();
        Assert.Equal(3, held.Count);
        Assert.All(held, text => Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'", policy, StringComparison.Ordinal));
    }

    [Fact]
    public void It_says_whose_it_is_and_writes_no_markup_of_a_name()
    {
        Assert.Contains("A &lt;b&gt;bold&lt;/b&gt; Nation", Kit, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", Kit, StringComparison.Ordinal);
        Assert.Contains("did:webvh:x:nation.example", Kit, StringComparison.Ordinal);
        Assert.Contains("on 2026-11-22", Kit, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", Kit, StringComparison.Ordinal);
    }

    [GeneratedRegex("<(?<tag>style|script[^>]*)>(?<text>.*?)</(style|script)>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Element();

    [GeneratedRegex("""\bfrom\s+"(?<name>netid:[^"]+)"|^import\s+"(?<name>netid:[^"]+)"|\bimport\("(?<name>netid:[^"]+)"\)""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Named();

    [GeneratedRegex("Content-Security-Policy\" content=\"(?<policy>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Policy();
}
