using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Tests.House;

/// <summary>Three storeys and one stair, and a neighbour.</summary>
public sealed partial class LayersTests
{
    private const string SamplePartnerProject = "src/NetworkIdentity.SamplePartner/NetworkIdentity.SamplePartner.csproj";

    /// <summary>What reaches the world outside, or its clock. Native libraries are loaded by System.Runtime.InteropServices, which is allowed.</summary>
    [GeneratedRegex(
        """
        ^(System\.Net(\..*|$)|Microsoft\.AspNetCore\..*|Microsoft\.Extensions\..*|Microsoft\.Data\..*|System\.Data(\..*|$)|Dapper.*
        |System\.IO\.(File|Directory|FileInfo|DirectoryInfo|FileStream|FileSystem.*|DriveInfo|Pipes\..*|IsolatedStorage\..*)
        |System\.(Console|TimeProvider|Random)|System\.Diagnostics\.(Process.*|Stopwatch|Trace|Activity.*)
        |System\.Threading\.(Timer|PeriodicTimer|Thread|Tasks\.Parallel))$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Outside();

    [Theory]
    [InlineData("src/NetworkIdentity.Standards/NetworkIdentity.Standards.csproj")]
    [InlineData("src/NetworkIdentity/NetworkIdentity.csproj", "NetworkIdentity.Standards")]
    [InlineData("src/NetworkIdentity.Server/NetworkIdentity.Server.csproj", "NetworkIdentity", "NetworkIdentity.SamplePartner")]
    [InlineData(SamplePartnerProject)]
    public void Project_references_go_one_way(string project, params string[] expected) => Assert.Equal(
        expected,
        XDocument.Parse(Tree.Read(project)).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)));

    [Fact]
    public void There_are_three_projects_and_a_sample() => Assert.Equal(4, Tree.Files("src", ".csproj").Count);

    [Fact]
    public void The_sample_partner_references_nothing_of_ours_and_nothing_below_the_server_references_it()
    {
        var sample = typeof(SamplePartner.SamplePartnerApp).Assembly;
        Assert.DoesNotContain(sample.GetReferencedAssemblies(), name => name.Name!.StartsWith("NetworkIdentity", StringComparison.Ordinal) || name.Name == "netid");
        Assert.DoesNotContain(typeof(Nation).Assembly.GetReferencedAssemblies(), name => name.Name == sample.GetName().Name);
    }

    [Fact]
    public void Outbound_calls_are_banned_everywhere_but_in_the_sample_partner() => Assert.Equal(
        [SamplePartnerProject],
        Tree.Files("src", ".csproj", ".props").Where(path => XDocument.Parse(Tree.Read(path)).Descendants("AdditionalFiles").Any(files => files.Attribute("Remove") is not null)));

    [Fact]
    public void The_ban_is_lifted_for_the_fetcher_and_for_the_operators_mail_server_alone() => Assert.Equal(
        ["src/NetworkIdentity/Delivering/MailServer.cs", "src/NetworkIdentity/Verifying/Fetcher.cs"],
        Tree.Files("src", ".cs", ".props", ".csproj").Concat([".editorconfig"]).Where(path => Tree.Read(path).Contains("RS0030", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Standards_has_no_package() =>
        Assert.Empty(XDocument.Parse(Tree.Read("src/NetworkIdentity.Standards/NetworkIdentity.Standards.csproj")).Descendants("PackageReference"));

    [Fact]
    public void Standards_reaches_nothing_outside_and_has_no_clock()
    {
        Assert.DoesNotContain(TypesOf(typeof(Refusal).Assembly.Location), type => Outside().IsMatch(type));
        var members = MembersOf(typeof(Refusal).Assembly.Location);
        Assert.DoesNotContain(members, member => member.Name is "get_UtcNow" or "get_Now" or "get_Today");

        // The compiler's own iterators ask for their thread; nothing else of the environment is asked for.
        Assert.DoesNotContain(members, member => member.Type == "Environment" && member.Name != "get_CurrentManagedThreadId");

        // The same look at a storey that may reach outside finds that it does.
        Assert.Contains("System.TimeProvider", TypesOf(typeof(Nation).Assembly.Location).Where(type => Outside().IsMatch(type)));
        Assert.Contains("System.IO.Directory", TypesOf(typeof(Nation).Assembly.Location).Where(type => Outside().IsMatch(type)));
    }

    [Fact]
    public void The_web_is_the_servers_alone() =>
        Assert.DoesNotContain(TypesOf(typeof(Nation).Assembly.Location), type => type.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal));

    [Fact]
    public void Sql_is_the_registrys_alone()
    {
        var elsewhere = Tree.Files("src", ".cs")
            .Where(path => !path.StartsWith("src/NetworkIdentity/Registry/", StringComparison.Ordinal))
            .Where(path => Regex.IsMatch(Tree.Read(path), "using (Dapper|Microsoft\\.Data\\.Sqlite);", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture));

        // The settings look into the connection string for its file.
        Assert.Equal(["src/NetworkIdentity.Server/Settings.cs"], elsewhere);
    }

    /// <summary>Within the core, too, where two folders would know each other: what is decided first, and what is made of it.</summary>
    [Theory]
    [InlineData("Recognizing", "Verifying")]
    public void A_folder_does_not_know_the_one_that_knows_it(string folder, string above)
    {
        Assert.DoesNotContain(Tree.Files($"src/NetworkIdentity/{folder}", ".cs"), path => Tree.Read(path).Contains($"using NetworkIdentity.{above};", StringComparison.Ordinal) || Regex.IsMatch(Tree.Read(path), $@"\b{above}\."));
        Assert.Contains(Tree.Files($"src/NetworkIdentity/{above}", ".cs"), path => Tree.Read(path).Contains($"using NetworkIdentity.{folder};", StringComparison.Ordinal));
    }

    private static List<string> TypesOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").Distinct()];
    }

    private static List<(string Type, string Name)> MembersOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return
        [
            .. metadata.MemberReferences.Select(metadata.GetMemberReference).Select(member => (
                member.Parent.Kind == HandleKind.TypeReference ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) : "",
                metadata.GetString(member.Name))),
        ];
    }
}
