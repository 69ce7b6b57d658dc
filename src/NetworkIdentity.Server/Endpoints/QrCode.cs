using QRCoder;

namespace NetworkIdentity.Server.Endpoints;

/// <summary>QR codes as SVG, black on white in every colour scheme, because scanners need that.</summary>
internal static class QrCode
{
    /// <summary>An SVG element without size or style of its own; the quiet zone is in it.</summary>
    public static string Svg(string text)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        var modules = data.ModuleMatrix;
        var path = new System.Text.StringBuilder();
        for (var row = 0; row < modules.Count; row++)
            for (var column = 0; column < modules[row].Count; column++)
                if (modules[row][column]) path.Append($"M{column} {row}h1v1h-1z");
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {modules.Count} {modules.Count}\" shape-rendering=\"crispEdges\">"
            + $"<rect width=\"{modules.Count}\" height=\"{modules.Count}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>";
    }
}
