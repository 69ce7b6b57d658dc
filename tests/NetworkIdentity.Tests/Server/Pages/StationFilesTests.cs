using System.Text;
using NetworkIdentity.Server.Pages;

namespace NetworkIdentity.Tests.Server.Pages;

/// <summary>The station's files, wherever the issuer is.</summary>
public sealed class StationFilesTests
{
    private static string Text(StationFiles files, string path) => Encoding.UTF8.GetString(files.ByPath[path].Bytes.Span);

    [Fact]
    public void Under_an_issuers_path_all_is_under_it_but_the_modules()
    {
        var files = new StationFiles("/nation", null);
        Assert.Contains("href=\"/nation/station/station.webmanifest\"", Text(files, ""), StringComparison.Ordinal);
        Assert.Contains("src=\"/assets/station/station.js\"", Text(files, ""), StringComparison.Ordinal);
        Assert.Contains("\"start_url\": \"/nation/station\"", Text(files, "/station.webmanifest"), StringComparison.Ordinal);
        Assert.Contains("const page = \"/nation/station\";", Text(files, "/service-worker.js"), StringComparison.Ordinal);
        Assert.Contains("\"/nation/station/icon.svg\"", Text(files, "/service-worker.js"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_worker_is_another_whenever_a_file_is()
    {
        var version = Text(new StationFiles("", null), "/service-worker.js").Split('\n')[0];
        Assert.Equal(version, Text(new StationFiles("", null), "/service-worker.js").Split('\n')[0]);
        Assert.NotEqual(version, Text(new StationFiles("", "https://wallet.example"), "/service-worker.js").Split('\n')[0]);
    }

    [Fact]
    public void Every_module_that_the_page_loads_is_served()
    {
        foreach (var path in ModuleFiles.ByPath.Keys.Where(path => path.StartsWith("/assets/station/", StringComparison.Ordinal) && path.EndsWith(".js", StringComparison.Ordinal)))
            Assert.Contains($"\"{path}\"", Text(new StationFiles("", null), "/service-worker.js"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_wallets_origin_is_text_and_no_markup() =>
        Assert.Contains("data-wallet=\"https://x/&quot;&gt;\"", Text(new StationFiles("", "https://x/\">"), ""), StringComparison.Ordinal);
}
