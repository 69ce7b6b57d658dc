using System.Text.RegularExpressions;

namespace NetworkIdentity.Tests.House;

/// <summary>Every module of the OpenID Foundation's plans that docs/specs.md lists has a test that bears its name.</summary>
public sealed partial class ModulesTests
{
    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"public (?:async )?Task (?<name>Oidcc_\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex Test();

    [Fact]
    public void Every_module_of_a_plan_has_a_test_of_its_name()
    {
        var plans = Tree.Rows(Tree.Read("docs/specs.md"), "plan").ToList();
        Assert.Equal([38, 38, 1, 23, 11, 2], plans.Select(plan => Quoted().Count(plan[2])));
        var absent = new List<string>();
        foreach (var plan in plans)
        {
            var tests = Quoted().Matches(plan[1]).SelectMany(file => Test().Matches(Tree.Read(file.Groups["text"].Value)).Select(test => test.Groups["name"].Value)).ToList();
            absent.AddRange(Quoted().Matches(plan[2]).Select(module => module.Groups["text"].Value)
                .Where(module => !tests.Exists(test => (test + "_").Contains("_" + module.Replace('-', '_') + "_", StringComparison.OrdinalIgnoreCase))).Select(module => $"{plan[0]}: {module}"));
        }

        Assert.Empty(absent);
    }
}
