using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NetworkIdentity.Standards;

namespace NetworkIdentity.Tests.House;

/// <summary>Three storeys and one stair.</summary>
public sealed partial class LayersTests
{
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
    [InlineData("src/NetworkIdentity.Server/NetworkIdentity.Server.csproj", "NetworkIdentity")]
    public void Project_references_go_one_way(string project, params string[] expected) => Assert.Equal(
        expected,
        XDocument.Parse(Tree.Read(project)).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)));

    [Fact]
    public void There_are_three_projects() => Assert.Equal(3, Tree.Files("src", ".csproj").Count);

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
